-- The audit log: the sequence of the events, the head of its tree, its signed checkpoints, and who may touch them.
--
-- The previous program runs on this schema as it did: it writes events and rows that wait, and knows none of the rest.
-- The rights of the program's own role are granted by platform/program-role.ts after every migration.

-- One row per event, in the order of the log; the tree of RFC 6962 stands over the leaves, `seq` counts from 1.
create table audit_log (
  seq bigint primary key check (seq > 0),
  event_id text collate "C" not null unique,
  leaf bytea not null check (length(leaf) = 32)
);

-- What the sequencer must know to go on: one row.
create table audit_head (
  only_row boolean primary key check (only_row),
  -- Fixed at the first start: the name of this log, and the key that checks its signatures.
  origin text,
  verifier text,
  size bigint not null default 0 check (size >= 0),
  -- The roots of the perfect subtrees, the largest first, 32 bytes each.
  hashes bytea not null default '' check (length(hashes) % 32 = 0),
  -- The worker whose duty it is; another one takes over when that worker is gone.
  holder text collate "C",
  -- How often events of a writer were found missing; each time has its own event.
  gaps bigint not null default 0,
  -- What keeps the log from growing, when something does.
  problem text,
  check ((origin is null) = (verifier is null))
);
insert into audit_head (only_row) values (true);

-- The last number of each writer that stands in the log.
create table audit_writer (
  id text collate "C" primary key,
  last bigint not null check (last > 0)
);

create table audit_checkpoint (
  size bigint primary key check (size > 0),
  root bytea not null check (length(root) = 32),
  -- The frontier at this size: with it an export can begin here.
  hashes bytea not null,
  note text not null,
  at timestamptz not null
);

do $$
declare
  name text;
begin
  foreach name in array array['audit_log', 'audit_checkpoint'] loop
    execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()', name || '_kept', name);
    execute format('create trigger %I before truncate on %I for each statement execute function refuse_change()', name || '_not_emptied', name);
  end loop;
end $$;

-- What waits is taken in the order in which it came. Rows of one writer come in the order of their numbers, whatever the
-- clocks say, so a number that is missing before another one was removed.
alter table audit_pending rename to audit_pending_before;
alter table audit_pending_before drop constraint audit_pending_pkey;
create table audit_pending (
  ticket bigint generated always as identity,
  writer text collate "C" not null,
  wseq bigint not null,
  event_id text collate "C" not null,
  leaf bytea not null,
  -- Put aside by the sequencer, with an event that says so.
  held boolean not null default false,
  constraint audit_pending_pkey primary key (ticket)
);
insert into audit_pending (writer, wseq, event_id, leaf)
  select writer, wseq, event_id, leaf from audit_pending_before order by event_id;
drop table audit_pending_before;

-- The program's role owns no table, so partitions are made in the owner's name.
alter function ensure_month (text, text, text) security definer set search_path = public, pg_temp;

-- The queue belongs to the owner, too, and lets in nobody else; these are the program's doors to it.
create function queue_add (task text, payload json, key text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform graphile_worker.add_job(task, payload, job_key => key);
end $$;

-- Holders of jobs that no process owns up to.
create function queue_strangers () returns setof text
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  return query
    select distinct j.locked_by from graphile_worker.jobs j
    where j.locked_by is not null and not exists (select from worker w where w.queue_id = j.locked_by);
end $$;

-- A job that was added again while it was held lost its key to the new one and will never run: it would stay for ever.
create function queue_unlock (holders text[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform graphile_worker.force_unlock_workers(holders);
  perform graphile_worker.complete_jobs(array(
    select id from graphile_worker.jobs where key is null and attempts >= max_attempts and locked_at is null));
end $$;
