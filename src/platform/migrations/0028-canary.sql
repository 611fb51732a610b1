-- The daily canary of each model in use, what its providers say of its end, and every change that was noticed of a model.
--
-- The previous program runs on this schema as it did: it knows none of the tables, asks no canary and reports no change;
-- suspended certificates stay suspended under it.

-- When a model of a connection is asked next, and against which run its answers are held. A model is here while a release in
-- use names it.
create table canary (
  connection text collate "C" not null references connection (name) on delete cascade,
  -- As the provider calls it; empty where a connection is one model.
  model text collate "C" not null,
  next_at timestamptz not null,
  -- Who asked for the next run ahead of its time.
  asked_by text,
  worker text collate "C",
  claimed_until timestamptz,
  -- The run whose answers are the known ones; null until there is one, and again after a change.
  baseline text collate "C",
  -- By the provider's own list of models; null: it says nothing.
  shutdown_date date,
  shutdown_seen_at timestamptz,
  primary key (connection, model),
  check ((worker is null) = (claimed_until is null))
);
create index canary_next on canary (next_at);

-- Answers to the fixed questions are no content of cases; those of an own service are keyed digests.
create table canary_run (
  id text collate "C" primary key,
  connection text collate "C" not null,
  model text collate "C" not null,
  outcome text not null check (outcome in ('baseline', 'same', 'changed', 'inconclusive')),
  -- Why it is inconclusive, or why only name and version count.
  because text,
  change text check (change in ('name', 'version', 'behaviour')),
  baseline text collate "C" references canary_run (id),
  question_set text not null,
  -- Answers that were held against the known ones, how many were others, and from how many on that is a change.
  compared smallint not null check (compared >= 0),
  differing smallint not null check (differing between 0 and compared),
  limit_at smallint,
  -- Under which names and versions it answered, and what; of a baseline only what it said every time.
  answered jsonb not null,
  answers jsonb not null,
  calls integer not null check (calls >= 0),
  input_tokens bigint not null,
  output_tokens bigint not null,
  -- Exact, in units of the currency; null: unknown, because nobody noted a price.
  cost numeric,
  currency text,
  cost_estimated boolean,
  -- Who asked for it ahead of its time; null: it was due.
  asked_by text,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  check ((outcome = 'changed') = (change is not null)),
  check (outcome <> 'inconclusive' or because is not null),
  check (outcome not in ('same', 'changed') or baseline is not null)
);
create index canary_run_model on canary_run (connection, model, id desc);
create trigger canary_run_kept before update or delete on canary_run for each row execute function refuse_change();
create trigger canary_run_not_emptied before truncate on canary_run for each statement execute function refuse_change();

-- A model that answers under another name or version, or in another way: noticed by the canary or by a case, once for each
-- workflow that it concerns.
create table model_change (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  -- Null for what is no model of a connection: a local model, a kept answer.
  connection text collate "C",
  model text collate "C" not null,
  change text not null check (change in ('name', 'version', 'behaviour')),
  before_it text not null,
  after_it text not null,
  found_by text not null check (found_by in ('case', 'canary')),
  case_id text collate "C",
  run text collate "C" references canary_run (id),
  -- Suspended because of it.
  certificates text[] not null,
  at timestamptz not null,
  -- When the owner was told.
  told_at timestamptz,
  check ((found_by = 'case') = (case_id is not null)),
  check ((found_by = 'canary') = (run is not null))
);
create index model_change_workflow on model_change (workflow, at desc);
create index model_change_untold on model_change (at) where told_at is null;

-- Kept as it was noticed; only once it may be told.
create function model_change_guard() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) - 'told_at' is distinct from to_jsonb(new) - 'told_at' or old.told_at is not null then
    raise exception 'model change % is append-only: it can only be told, once', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger model_change_kept before update on model_change for each row execute function model_change_guard();
create trigger model_change_not_deleted before delete on model_change for each row execute function refuse_change();
create trigger model_change_not_emptied before truncate on model_change for each statement execute function refuse_change();
