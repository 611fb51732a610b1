-- Calibration of confidence, labels that are read before a look, and the watch over certificates in force.
--
-- The previous program runs on this as it did: a certificate holds its threshold in the model's own confidence, whether
-- or not it was found on a calibrated grid.

-- A rising curve from the model's confidence to the share of right answers, fitted on the part of the coin labels that
-- certifies nothing. The newest of a release, step and model holds.
create table calibration (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  step smallint not null check (step >= 0),
  source text not null check (source in ('labels', 'shadow')),
  model_answered text,
  model_version text,
  simulated boolean not null,
  method text not null check (method in ('temperature', 'isotonic')),
  -- {"temperature": 1.3}, or {"steps": [{"from": 0.4, "right": 12, "n": 20}, ...]} in whole numbers.
  curve jsonb not null,
  n integer not null check (n > 0),
  right_n integer not null check (right_n between 0 and n),
  -- Figures on cases that the curve of their fold was not fitted on: with the model's own confidence, and calibrated.
  before jsonb not null,
  after jsonb not null,
  person text not null,
  at timestamptz not null
);
create index calibration_of on calibration (release, step, id desc);
create index calibration_workflow on calibration (workflow, id desc);
create trigger calibration_kept before update or delete on calibration for each row execute function refuse_change();
create trigger calibration_not_emptied before truncate on calibration for each statement execute function refuse_change();

-- Labels of a release, step and model were laid open: from then on people see what was wrong before they ask for a
-- certificate, so the looks after it use a test that may be read at any time. Each opening takes the number of one look.
create table label_opening (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  step smallint not null check (step >= 0),
  source text not null check (source in ('labels', 'shadow')),
  model_answered text,
  model_version text,
  look integer not null check (look > 0),
  -- Labels count from here on, so that a test that is read again and again has one beginning.
  since timestamptz not null,
  calibration text collate "C" references calibration (id),
  -- The grid, and where on it each group of cases begins: [{"category": null, "start": 12}, ...].
  grid jsonb not null,
  starts jsonb not null,
  per text not null check (per in ('all', 'category')),
  simulated boolean not null,
  person text not null,
  at timestamptz not null,
  ends_at timestamptz not null check (ends_at > at)
);
create unique index label_opening_look on label_opening (release, step, coalesce(model_answered, ''), coalesce(model_version, ''), look);
create trigger label_opening_kept before update or delete on label_opening for each row execute function refuse_change();
create trigger label_opening_not_emptied before truncate on label_opening for each statement execute function refuse_change();

alter table certification add column calibration text collate "C" references calibration (id);
alter table certification add column opening text collate "C" references label_opening (id);
alter table certificate add column calibration text collate "C" references calibration (id);

-- Looks under one opening have its number together.
drop index certification_look;
create unique index certification_look on certification (release, step, coalesce(model_answered, ''), coalesce(model_version, ''), look)
  where spent and opening is null;

-- What the watch saw last of a certificate: cases that would have gone out alone but for a coin.
create table certificate_watch (
  certificate text collate "C" primary key,
  n integer not null check (n >= 0),
  errors integer not null check (errors between 0 and n),
  -- By category, where each is certified by itself: {"billing": {"n": 40, "errors": 1}}.
  categories jsonb not null default '{}',
  -- Cases below the threshold among those since each alternative began anew, and up to which decision they were counted.
  doubt jsonb,
  seen_at timestamptz,
  seen_case text collate "C",
  looked_at timestamptz not null,
  -- When its owner was told that it expires soon, and that it lapsed.
  warned_at timestamptz,
  told_at timestamptz,
  -- It was suspended by the watch, from the counts above.
  lapsed_at timestamptz
);
