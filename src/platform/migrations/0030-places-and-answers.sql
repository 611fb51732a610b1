-- Places of connections that take so many calls at once, over all processes. Each process says what it has and what waits for
-- it; whoever goes, or is gone, leaves nothing. Unlogged: after a crash of the database every process says it anew. The program
-- before this one does not know of it and keeps its own count.
create unlogged table connection_place (
  connection text collate "C" not null,
  process text collate "C" not null,
  -- A workflow, or a key.
  party text collate "C" not null,
  taken integer not null check (taken >= 0),
  waiting integer not null check (waiting >= 0),
  -- Its turn among those that wait; 0: nothing waits.
  since bigint not null,
  -- Raised every second; one that stands still is of a process that is gone.
  beat bigint not null default 0,
  primary key (connection, process, party)
);

-- The answers to calls over the endpoint that came with a key of their own (Idempotency-Key), so that the same call again gets
-- the same answer. Content: sealed under a key of its own, and gone with it after a day.
create table call_answer (
  -- The API key, and a keyed digest of what the client calls its call.
  key text collate "C" not null,
  name bytea not null,
  call_id text collate "C" not null,
  -- A keyed digest of the body.
  body bytea not null,
  -- Until then it is kept; while there is no answer yet: until then its call is believed to run.
  until timestamptz not null,
  -- Null while its call runs. What stands in `case_key` opens it.
  sealed bytea,
  primary key (key, name)
);
create index call_answer_until on call_answer (until);
create index call_answer_running on call_answer (call_id) where sealed is null;
