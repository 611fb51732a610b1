-- The inbox: turns, snoozes, escalations, questions to the sender, several people behind one answer, corrections after
-- delivery, batches of identical suggestions, and the time that reviewing takes.
--
-- The previous program runs on this schema as it did: every column has a value that means what it meant, and it takes what
-- it finds waiting as it always took a review.

-- `not_for`: who is not given it by itself. `behind`: who stands behind the answer so far, and so cannot be the next to.
alter table review
  add column turn text not null default 'first' check (turn in ('first', 'second', 'escalated', 'blind')),
  add column not_for text[] not null default '{}',
  add column behind text[] not null default '{}',
  add column prefer text,
  add column prefer_until timestamptz,
  add column came_back text check (came_back in ('answer', 'no_answer', 'snooze', 'refused')),
  add column snoozed_until timestamptz,
  add column skipped_by text[] not null default '{}',
  add column asked_until timestamptz,
  -- The lease under which the turn ended: what is sent twice gets the same answer.
  add column ended_lease text collate "C",
  add column ended_digest bytea,
  add column ended_at timestamptz,
  add column bulk text collate "C",
  -- Milliseconds of work; only where the works council agreed.
  add column active_ms integer check (active_ms between 0 and 7200000);
alter table review drop constraint review_state_check;
alter table review add constraint review_state_check check (state in ('waiting', 'claimed', 'decided', 'undone', 'escalated', 'asked'));
alter table review add constraint review_ended_check check ((state in ('escalated', 'asked')) = (ended_at is not null));
create index review_prefer on review (workflow, prefer) where state = 'waiting' and prefer is not null;
create index review_asked on review (asked_until) where asked_until is not null;
create index review_decided on review (workflow, decided_at) where decided_at is not null;
create index review_held on review (person) where state = 'claimed';

-- What colleagues and the sender said; the words lie in case_content as `note.<no>`, `question.<no>` and `answer.<no>`.
create table review_note (
  case_id text collate "C" not null,
  no smallint not null,
  kind text not null check (kind in ('escalated', 'skipped', 'snoozed', 'question', 'answer')),
  review smallint not null,
  person text,
  said_at timestamptz not null,
  primary key (case_id, no)
);

-- What was delivered and then corrected. The words and the answer lie in case_content as `correction.<no>`, what stood
-- before as `before.<no>`; `replaced` names the deliveries whose keys the correction's own keys come from.
create table correction (
  case_id text collate "C" not null,
  no smallint not null,
  workflow text collate "C" not null,
  state text not null check (state in ('made', 'undone')),
  person text not null,
  holder text collate "C" not null,
  simulated boolean not null,
  reason text not null,
  fields text[] not null,
  made_at timestamptz not null,
  before_state text not null check (before_state in ('delivered', 'failed_delivery')),
  before_verdict text not null,
  before_delivered_at timestamptz,
  had_final boolean not null,
  replaced jsonb not null,
  label text collate "C",
  primary key (case_id, no)
);
create index correction_workflow on correction (workflow, made_at);

-- Cases with the identical suggestion that one person approves together.
create table bulk (
  id text collate "C" primary key,
  workflow text collate "C" not null,
  person text not null,
  holder text collate "C" not null,
  state text not null check (state in ('open', 'approved', 'released', 'undone')),
  members jsonb not null,
  opened text[] not null,
  lease_until timestamptz not null,
  made_at timestamptz not null,
  approved_at timestamptz
);

-- Time of work as sums of a team: no person, no case. Who worked that day is a keyed digest, for the count of people alone.
create table review_time_day (
  workflow text collate "C" not null,
  day date not null,
  turn text not null,
  milliseconds bigint not null check (milliseconds >= 0),
  tasks integer not null check (tasks >= 0),
  primary key (workflow, day, turn)
);
create table review_time_person (
  workflow text collate "C" not null,
  day date not null,
  person bytea not null,
  primary key (workflow, day, person)
);

-- A correction goes the way of a verdict once more, and can be taken back while its undo window is open.
alter table case_ add column corrections smallint not null default 0;
create or replace function case_moves() returns text[] immutable language sql as $$
  select array[
    'received running', 'received in_review', 'received cancelled',
    'running in_review', 'running decided', 'running delivering', 'running cancelled',
    'in_review decided', 'in_review returned', 'in_review cancelled',
    'decided in_review', 'decided delivering', 'decided closed', 'decided cancelled',
    'decided delivered', 'decided failed_delivery',
    'delivering delivered', 'delivering failed_delivery',
    'delivered decided', 'delivered erased',
    'failed_delivery delivering', 'failed_delivery decided', 'failed_delivery erased',
    'returned in_review', 'returned closed', 'returned cancelled',
    'closed erased', 'cancelled erased']
$$;
