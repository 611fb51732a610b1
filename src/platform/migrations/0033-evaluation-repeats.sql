-- Evaluation runs that ask each item several times, measure by more than the release's own rule, and keep their figures; judging models.
--
-- The first answer to an item stays in evaluation_score, so that the previous program goes on with its runs as it did, and with
-- those of this one as if they asked once. Further answers are rows of their own.

alter table evaluation_run
  add column repeats smallint not null default 1 check (repeats between 1 and 9),
  add column at_once smallint not null default 8 check (at_once between 1 and 64),
  -- What is measured besides, in the words in which it was asked for.
  add column metrics jsonb not null default '[]',
  -- The judging models that its metrics name, as the workflow defined them when it was asked for.
  add column judges jsonb not null default '[]',
  -- Since when the process that has it works on it, and what had been answered then: for the time that is left.
  add column taken_at timestamptz,
  add column done_before integer not null default 0,
  -- Whole numbers, counted when the run ended, and the figures that follow from them; null before, and for runs of the previous program.
  add column counts jsonb,
  add column figures jsonb,
  add check ((counts is null) = (figures is null)),
  add check (counts is null or state = 'done');

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

-- What a judging model said of an answer: that of the run, or one that a person judged, so that the two can be compared.
create table evaluation_judgement (
  run_id text collate "C" not null references evaluation_run (id),
  no integer not null,
  judge text collate "C" not null,
  about text not null check (about in ('run', 'person')),
  -- Null: it gave no verdict that can be used.
  verdict boolean,
  -- What the person said, where one did.
  person boolean,
  error text,
  milliseconds double precision,
  -- Its reason, sealed with the key of the item.
  sealed bytea,
  cost numeric,
  currency text,
  cost_estimated boolean,
  primary key (run_id, no, judge, about),
  check ((verdict is null) = (error is not null)),
  check ((about = 'person') = (person is not null))
);
alter table evaluation_judgement alter column sealed set storage external;

-- Whatever removes items empties what was said of them, as it empties the first answers.
create function empty_repeats() returns trigger language plpgsql as $$
begin
  update evaluation_repeat s set sealed = '' from gone g join evaluation_run r on r.set_id = g.set_id
  where s.run_id = r.id and s.no = g.no and s.sealed <> '';
  update evaluation_judgement s set sealed = '' from gone g join evaluation_run r on r.set_id = g.set_id
  where s.run_id = r.id and s.no = g.no and s.sealed <> '';
  return null;
end $$;
create trigger evaluation_item_repeats_gone after delete on evaluation_item
  referencing old table as gone for each statement execute function empty_repeats();
