-- Shadow runs (a release answers the cases of others, and nobody sees or uses what it says) and evaluation sets.
--
-- The previous program runs on this schema as it did: it does not know these tables, and the triggers on `label` touch
-- nothing where no release runs in shadow.

alter table workflow add column shadow_release text collate "C";

-- One row per case and release. The output lies in case_content as `shadow.<release>` and dies with the key of its case.
create table shadow_run (
  case_id text collate "C" not null references case_ (id),
  release text collate "C" not null,
  workflow text collate "C" not null,
  state text not null check (state in ('waiting', 'answered', 'failed')),
  tries smallint not null default 0,
  next_at timestamptz,
  worker text collate "C",
  lease_no integer not null default 0,
  step smallint not null,
  model text,
  model_version text,
  confidence double precision,
  -- A rule of the release would have sent it to a person, whatever the confidence.
  by_rule boolean,
  -- The output's facets, as for a live case; they are shown to nobody.
  facets jsonb,
  error text,
  milliseconds double precision,
  ended_at timestamptz,
  -- A label of the case came, was superseded or withdrawn since the last look, or the answer is new: to be compared.
  to_score boolean not null default false,
  -- The label that the output was compared with, and what the release's own `error` said; open (null) where the label has no answer.
  label text collate "C",
  wrong boolean,
  wrong_fields text[],
  primary key (case_id, release),
  check ((state = 'waiting') = (next_at is not null)),
  check ((state = 'waiting') = (ended_at is null)),
  check (worker is null or state = 'waiting'),
  check ((state = 'failed') <= (error is not null)),
  check ((state = 'answered') = (by_rule is not null)),
  check (wrong is null or label is not null),
  check (label is null or state = 'answered')
) partition by hash (case_id);
create index shadow_run_due on shadow_run (workflow, release, next_at) where state = 'waiting' and worker is null;
create index shadow_run_worker on shadow_run (worker) where worker is not null;
create index shadow_run_to_score on shadow_run (case_id) where to_score and state = 'answered';
create index shadow_run_release on shadow_run (workflow, release, state);

do $$
begin
  for i in 0..7 loop
    execute format('create table %I partition of shadow_run for values with (modulus 8, remainder %s)', 'shadow_run_' || i, i);
  end loop;
end $$;

-- Whatever gives, supersedes or withdraws a label: the shadow runs of its case are compared anew, in the same transaction.
create function label_marks_shadow() returns trigger language plpgsql as $$
begin
  -- Also where it is marked already: the row may be in the hands of a comparison that has not seen this label.
  update shadow_run set to_score = true where case_id = new.case_id;
  return null;
end $$;
create trigger label_marks_shadow after insert or update on label for each row execute function label_marks_shadow();

-- Evaluation sets --------------------------------------------------------------------------------------------------

create table evaluation_set (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  name text collate "C" not null,
  version integer not null check (version > 0),
  kind text not null check (kind in ('sealed', 'development')),
  state text not null check (state in ('importing', 'ready')),
  origin text not null,
  -- Over the keyed digests of its items, in their order; null while it is being imported.
  digest text,
  items integer not null default 0,
  duplicates integer not null default 0,
  refused integer not null default 0,
  -- Runs that were started over it: each one is a look at a sealed set.
  looks integer not null default 0,
  imported_at timestamptz not null,
  imported_by text not null,
  unique (workflow, name, version),
  check ((state = 'ready') = (digest is not null)),
  check (state <> 'ready' or items > 0)
);

-- Each item is sealed with a key of its own; destroying it destroys the item and every answer to it.
create table evaluation_item (
  set_id text collate "C" not null references evaluation_set (id) on delete cascade,
  no integer not null check (no > 0),
  wrapped bytea not null,
  sealed bytea not null,
  digest bytea not null,
  primary key (set_id, no)
);
alter table evaluation_item alter column sealed set storage external;

create table evaluation_run (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  set_id text collate "C" not null references evaluation_set (id),
  release text collate "C" not null references release (id),
  step smallint not null check (step >= 0),
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  problem text,
  worker text collate "C",
  lease_no integer not null default 0,
  started_at timestamptz not null,
  started_by text not null,
  finished_at timestamptz,
  check ((state in ('done', 'failed')) = (finished_at is not null)),
  check ((state = 'failed') = (problem is not null)),
  check (worker is null or state = 'running')
);
create index evaluation_run_set on evaluation_run (set_id, id desc);
create index evaluation_run_open on evaluation_run (id) where state in ('waiting', 'running');

-- One row per run and item, whatever happens in between: an item is answered once in the record.
create table evaluation_score (
  run_id text collate "C" not null references evaluation_run (id),
  no integer not null,
  state text not null check (state in ('answered', 'failed', 'left_out')),
  model text,
  model_version text,
  confidence double precision,
  by_rule boolean,
  facets jsonb,
  wrong boolean,
  wrong_fields text[],
  error text,
  milliseconds double precision,
  -- Sealed with the key of its item, as `output.<run>`.
  sealed bytea,
  primary key (run_id, no),
  check ((state = 'answered') = (wrong is not null and by_rule is not null and sealed is not null)),
  check ((state = 'failed') = (error is not null))
);
alter table evaluation_score alter column sealed set storage external;
