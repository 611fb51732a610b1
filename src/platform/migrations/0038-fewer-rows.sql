-- Fewer rows for what every call and every case brings. The previous program runs on this schema as it did; what the new one
-- wrote it shows without the tries of calls, and leaves what waits for the log to the new one.

-- A call's row holds its only try, too, where the model that was named answered at once: nearly every call, and half of what
-- its record cost. The try began so many milliseconds after the call and took so many; everything else it has in common with it.
-- Other tries stay in model_call_try.
alter table model_call
  add column try_after integer,
  add column try_milliseconds integer,
  add check ((try_after is null) = (try_milliseconds is null));

-- Events that wait for the audit log, those of one transaction together: their numbers follow one another from `wseq` on, and
-- the sequencer takes them as they came. A row has its place within a page, so that nothing of it is stored or read apart.
create table audit_pending_group (
  ticket bigint generated always as identity primary key,
  writer text collate "C" not null,
  wseq bigint not null,
  event_ids text[] collate "C" not null check (cardinality(event_ids) > 0),
  -- 32 bytes each, in the same order.
  leaves bytea not null,
  -- Put aside by the sequencer, with events that say so.
  held boolean not null default false,
  check (length(leaves) = 32 * cardinality(event_ids))
);
alter table audit_pending_group alter column event_ids set storage plain, alter column leaves set storage plain;

-- Every event that waits, however it was written: audit_pending holds those of the previous program.
create view audit_waiting as
  select ticket, writer, wseq, event_id, leaf, held from audit_pending
  union all
  select g.ticket, g.writer, g.wseq + e.no - 1, e.id, substring(g.leaves from (32 * e.no - 31)::int for 32), g.held
  from audit_pending_group g, unnest(g.event_ids) with ordinality as e (id, no);
