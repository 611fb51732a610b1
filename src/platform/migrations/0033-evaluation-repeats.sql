-- Evaluation runs that ask each item several times, measure by more than the release's own rule, and keep their figures.
--
-- The first answer to an item stays in evaluation_score, so that the previous program goes on with its runs as it did, and with
-- those of this one as if they asked once. Further answers are rows of their own.

alter table evaluation_run
  add column repeats smallint not null default 1 check (repeats between 1 and 9),
  add column at_once smallint not null default 8 check (at_once between 1 and 64),
  -- What is measured besides, in the words in which it was asked for.
  add column metrics jsonb not null default '[]',
  -- Whole numbers, counted when the run ended; null before, and for runs of the previous program.
  add column figures jsonb;

create table evaluation_repeat (
  run_id text collate "C" not null references evaluation_run (id),
  no integer not null,
  -- The first answer is in evaluation_score.
  repeat smallint not null check (repeat between 2 and 9),
  state text not null check (state in ('answered', 'failed')),
  model text,
  model_version text,
  confidence double precision,
  wrong boolean,
  error text,
  milliseconds double precision,
  -- Sealed with the key of its item, as `output.<run>.<repeat>`.
  sealed bytea,
  cost numeric,
  currency text,
  cost_estimated boolean,
  primary key (run_id, no, repeat),
  check ((state = 'answered') = (wrong is not null and sealed is not null)),
  check ((state = 'failed') = (error is not null))
);
alter table evaluation_repeat alter column sealed set storage external;
