-- Turns that ended without a verdict answer the same when they are sent twice; a label stands again when the verdict that
-- took its place was taken back.
--
-- The previous program runs on this schema as it did: it does not know the columns, and never lets a label stand again.

-- What was answered when the turn ended under `ended_lease`; how it was sent is `ended_digest`.
alter table review add column ended_answer jsonb;
alter table planted
  add column ended_lease text collate "C",
  add column ended_digest bytea,
  add column ended_answer jsonb;

-- As before; and what superseded a label may have been withdrawn since: then nothing is in its place.
create or replace function label_guard() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) - array['superseded_by', 'withdrawn_at'] is distinct from to_jsonb(new) - array['superseded_by', 'withdrawn_at']
     or (old.superseded_by is not null and new.superseded_by is distinct from old.superseded_by
         and not (new.superseded_by is null and exists (
           select from label l where l.case_id = old.case_id and l.id = old.superseded_by and l.withdrawn_at is not null)))
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at) then
    raise exception 'label % is append-only: it can only be superseded or withdrawn', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
