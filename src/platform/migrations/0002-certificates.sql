-- Certificates: every look at labels that spent from an error budget, and what came of it.
--
-- The previous program runs on this schema as it did: it knows neither table, and without a certificate it reviews
-- every case.

create table certification (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  step smallint not null check (step >= 0),
  source text not null check (source in ('labels', 'shadow', 'set')),
  set_id text collate "C",
  model_answered text,
  model_version text,
  per text not null check (per in ('all', 'category')),
  simulated boolean not null,
  -- More than those that spent before of this release, step and model; a look that tested nothing spent nothing.
  look integer not null check (look > 0),
  spent boolean not null,
  target double precision not null check (target > 0 and target < 1),
  confidence double precision not null check (confidence > 0 and confidence < 1),
  -- What this look took from 1 - confidence, or would have taken.
  delta double precision not null check (delta > 0 and delta < 1),
  -- The whole numbers, the grid and each tested threshold: enough to run the look again.
  evidence jsonb not null,
  counted jsonb not null,
  left_out jsonb not null,
  result text not null check (result in ('certified', 'none')),
  more_labels integer check (more_labels >= 0),
  person text not null,
  at timestamptz not null,
  check ((source = 'set') = (set_id is not null)),
  check (result = 'none' or spent)
);
create unique index certification_look on certification (release, step, coalesce(model_answered, ''), coalesce(model_version, ''), look) where spent;
create index certification_workflow on certification (workflow, id desc);

create trigger certification_kept before update or delete on certification for each row execute function refuse_change();
create trigger certification_not_emptied before truncate on certification for each statement execute function refuse_change();

create table certificate (
  id text collate "C" primary key,
  certification text collate "C" not null unique references certification (id),
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  step smallint not null check (step >= 0),
  model_answered text,
  model_version text,
  per text not null check (per in ('all', 'category')),
  -- For all cases, or for those whose category is not among `thresholds`; null: none of them goes out alone.
  threshold double precision,
  -- By category; null: no case of this category goes out alone.
  thresholds jsonb not null default '{}',
  coverage double precision not null check (coverage between 0 and 1),
  bound double precision not null check (bound between 0 and 1),
  target double precision not null,
  confidence double precision not null,
  simulated boolean not null,
  certified_at timestamptz not null,
  expires_at timestamptz not null,
  suspended_at timestamptz,
  suspended_because text,
  suspended_by text,
  superseded_by text collate "C" references certificate (id) deferrable initially deferred,
  check (expires_at > certified_at),
  check (per = 'category' or thresholds = '{}'),
  check (per = 'category' or threshold is not null),
  check ((suspended_at is null) = (suspended_because is null)),
  check ((suspended_at is null) = (suspended_by is null))
);
create unique index certificate_live on certificate (release, step) where superseded_by is null;
create index certificate_workflow on certificate (workflow) where superseded_by is null and suspended_at is null;

-- A certificate is kept as it was issued; only once each it may be suspended and superseded.
create function certificate_guard() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) - array['suspended_at', 'suspended_because', 'suspended_by', 'superseded_by']
     is distinct from to_jsonb(new) - array['suspended_at', 'suspended_because', 'suspended_by', 'superseded_by']
     or (old.superseded_by is not null and new.superseded_by is distinct from old.superseded_by)
     or (old.suspended_at is not null
         and (old.suspended_at, old.suspended_because, old.suspended_by) is distinct from (new.suspended_at, new.suspended_because, new.suspended_by)) then
    raise exception 'certificate % is append-only: it can only be suspended or superseded', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger certificate_kept before update on certificate for each row execute function certificate_guard();
create trigger certificate_not_deleted before delete on certificate for each row execute function refuse_change();
create trigger certificate_not_emptied before truncate on certificate for each statement execute function refuse_change();
