-- Where the items of evaluation sets come from, with which classes they were labelled, and how they end.
--
-- An item that was made of a case goes with the key of that case, in the same transaction. The previous program runs on
-- this schema as it did: it imports sets, which have the defaults, and it does not see one whose items were removed.

alter table evaluation_set
  add column source text not null default 'import' check (source in ('import', 'coins', 'reviews', 'feedback', 'corrections')),
  -- Whether its items stand for the cases of the workflow; if not, by which codes. Only then its figures can certify.
  add column representative boolean not null default true,
  add column bent_by text[] not null default '{}',
  -- The classes that its labels were read with, by output field, and the release that had them; null in sets of before.
  add column taxonomy jsonb,
  add column release text collate "C",
  -- What was looked at and is not in it, by reason.
  add column left_out jsonb not null default '{}',
  -- Items that went with the key of their case.
  add column removed integer not null default 0 check (removed >= 0),
  add column made_from text collate "C" references evaluation_set (id),
  -- When it became a development set that was sealed before.
  add column opened_at timestamptz,
  add column opened_by text,
  add column opened_because text,
  -- Content of cases is not kept for ever; null: what was brought from outside stays until it is removed.
  add column keep_until timestamptz,
  add column removed_at timestamptz,
  add column removed_by text,
  add column removed_because text,
  add check (representative = (bent_by = '{}')),
  add check ((opened_at is null) = (opened_by is null) and (opened_at is null) = (opened_because is null)),
  add check (opened_at is null or kind = 'development');

-- A set whose items were removed stays as a record: its runs and their figures point to it.
alter table evaluation_set drop constraint evaluation_set_state_check;
alter table evaluation_set add constraint evaluation_set_state_check check (state in ('importing', 'ready', 'removed'));
alter table evaluation_set drop constraint evaluation_set_check;
alter table evaluation_set add constraint evaluation_set_check check ((state = 'importing') = (digest is null));
alter table evaluation_set add check (
  (state = 'removed') = (removed_at is not null) and (removed_at is null) = (removed_by is null) and (removed_at is null) = (removed_because is null));
create index evaluation_set_keep on evaluation_set (keep_until) where state = 'ready' and keep_until is not null;
create index evaluation_set_digest on evaluation_set (workflow, digest);

-- What was seen stays seen: a development set is never sealed again, and looks are not taken back.
create function evaluation_set_guard() returns trigger language plpgsql as $$
begin
  if (old.kind = 'development' and new.kind = 'sealed') or new.looks < old.looks
     or (old.state = 'removed' and new.state <> 'removed') then
    raise exception 'evaluation set %: a development set is never sealed again, looks are not taken back, and what was removed is gone', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger evaluation_set_kept before update on evaluation_set for each row execute function evaluation_set_guard();

-- The case that an item was made of, and the label that is its truth.
alter table evaluation_item
  add column case_id text collate "C",
  add column label text collate "C",
  add column source text,
  add column probability numeric check (probability between 0 and 1);
create unique index evaluation_item_case on evaluation_item (set_id, case_id) where case_id is not null;
create index evaluation_item_of on evaluation_item (case_id) where case_id is not null;

-- Whatever removes items empties the answers to them: their keys are gone, and nothing of the bytes stays either.
create function empty_answers() returns trigger language plpgsql as $$
begin
  update evaluation_score s set sealed = '' from gone g join evaluation_run r on r.set_id = g.set_id
  where s.run_id = r.id and s.no = g.no and s.sealed <> '';
  return null;
end $$;
create trigger evaluation_item_gone after delete on evaluation_item
  referencing old table as gone for each statement execute function empty_answers();

-- Removes what evaluation sets hold of a case; answers of how many sets. An erasure calls it also where the key went before.
create function forget_in_evaluation_sets(erased text) returns integer language plpgsql as $$
declare
  sets integer;
begin
  -- The sets first and in their order, as whoever removes a whole set holds it: otherwise the two could wait for each other.
  perform 1 from evaluation_set where id in (select set_id from evaluation_item where case_id = erased) order by id for no key update;
  with gone as (delete from evaluation_item where case_id = erased returning set_id)
  update evaluation_set s set removed = s.removed + 1 from gone where s.id = gone.set_id;
  get diagnostics sets = row_count;
  return sets;
end $$;

-- Whoever destroys a case's key erases the case, in evaluation sets, too. Only what ends the content of cases because its
-- time is over may say otherwise: items are masked, and sets have a time of their own.
create function case_key_forgets_items() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('pilotage.items_outlive', true), '') <> 'on' then
    perform forget_in_evaluation_sets(old.owner);
  end if;
  return null;
end $$;
create trigger case_key_forgets_items after delete on case_key for each row execute function case_key_forgets_items();
