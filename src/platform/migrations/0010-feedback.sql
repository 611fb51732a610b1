-- What people say outside the inbox (feedback, reports, the list of improvements, the pulse), how reviewing is measured
-- (planted cases, blind second looks), what was agreed with the works council, and who was told by mail.
--
-- The previous program runs on this schema as it did: it knows none of these tables.

-- One thing that keeps going wrong, however often it was said. Its answer is sealed with a key of its own.
create table improvement (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  kind text not null check (kind in ('wrong_result', 'same_mistake', 'invented', 'personal_data', 'wrong_customer', 'slow_or_strange', 'other')),
  reason text,
  field text,
  state text not null check (state in ('open', 'planned', 'fixed', 'declined')),
  urgency text not null check (urgency in ('usual', 'first', 'last')),
  owner text,
  fixed_by text collate "C" references release (id),
  answer bytea,
  answered_at timestamptz,
  first_at timestamptz not null,
  last_at timestamptz not null,
  settled_at timestamptz,
  -- The day on which the third report came, in the zone of the workflow: once told, it is not told again that day.
  alerted_on date,
  check ((answer is null) = (answered_at is null)),
  check ((state in ('fixed', 'declined')) = (settled_at is not null)),
  check (state <> 'fixed' or fixed_by is not null)
);
-- What is said again joins what is open; what is settled stays settled, and the next one opens anew.
create unique index improvement_open on improvement (workflow, kind, coalesce(reason, ''), coalesce(field, '')) where state in ('open', 'planned');
create index improvement_workflow on improvement (workflow, last_at desc);

-- What was said. The words lie in case_content as `report.<id>`, or, where no case is named, here under a key of their own.
create table report (
  id text collate "C" primary key,
  improvement text collate "C" not null references improvement (id),
  workflow text collate "C" not null references workflow (name),
  door text not null check (door in ('page', 'key', 'inbox', 'second_look')),
  case_id text collate "C",
  -- A colleague, by name; whoever wrote from outside is named in the sealed words alone.
  person text,
  reason text,
  field text,
  label text collate "C",
  sealed bytea,
  said_at timestamptz not null,
  check (door = 'inbox' or case_id is not null),
  check (sealed is null or case_id is null)
);
create index report_improvement on report (improvement, said_at desc);
create index report_by_case on report (case_id) where case_id is not null;

-- Cases that were attached to a report because they look alike.
create table report_case (
  report text collate "C" not null references report (id),
  case_id text collate "C" not null,
  primary key (report, case_id)
);

-- The pulse: who answered, and what was answered, with no time, no order and no more than sums. A round is named by the day
-- on which it begins.
create table pulse_person (
  workflow text collate "C" not null references workflow (name),
  round date not null,
  person text collate "C" not null,
  primary key (workflow, round, person)
);
-- All five rows of a round are there from its first answer on, and every answer writes all of them.
create table pulse_answer (
  workflow text collate "C" not null references workflow (name),
  round date not null,
  score smallint not null check (score between 1 and 5),
  helps integer not null check (helps >= 0),
  trust integer not null check (trust >= 0),
  primary key (workflow, round, score)
);

create table works_council (
  workflow text collate "C" primary key references workflow (name),
  state text not null check (state in ('informed', 'agreed', 'none_exists')),
  reference text,
  individuals boolean not null default false,
  recorded_at timestamptz not null,
  recorded_by text not null,
  check (not individuals or (state = 'agreed' and reference is not null))
);

-- Who looked at figures of single persons, and whose.
create table figures_look (
  workflow text collate "C" not null references workflow (name),
  person text not null,
  shown text[] not null,
  at timestamptz not null,
  primary key (workflow, person, at)
);
create index figures_look_shown on figures_look using gin (shown);

-- Known-wrong outputs. The altered output lies in case_content of the origin, as `planted.<id>`, and dies with its key.
create table planted (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  origin text collate "C" not null,
  field text not null,
  state text not null check (state in ('claimed', 'decided', 'left')),
  person text not null,
  holder text collate "C" not null,
  simulated boolean not null,
  lease text collate "C",
  lease_until timestamptz,
  due_at timestamptz,
  shown_at timestamptz not null,
  decided_at timestamptz,
  verdict text check (verdict in ('approve', 'edit', 'reject')),
  reason text,
  caught boolean,
  check ((state = 'claimed') = (lease is not null and lease_until is not null)),
  check ((state = 'decided') = (decided_at is not null and verdict is not null and caught is not null))
);
create index planted_person on planted (workflow, person, shown_at desc);
create index planted_origin on planted (origin);

-- Cases that the coin chose for a blind second look, from their delivery on.
create table second_look (
  case_id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  probability numeric not null check (probability > 0 and probability <= 1),
  state text not null check (state in ('waiting', 'opened', 'done', 'lapsed')),
  drawn_at timestamptz not null,
  opened_at timestamptz,
  check (state not in ('opened', 'done') or opened_at is not null)
);
create index second_look_waiting on second_look (drawn_at) where state in ('waiting', 'opened');

-- The last mail of each kind to each person: written before it is sent, so that nobody gets it twice.
create table notice (
  person text collate "C" not null,
  kind text not null check (kind in ('digest', 'at_risk')),
  day date not null,
  sent_at timestamptz not null,
  primary key (person, kind)
);

-- How often a person decided lately, for the cap of planted cases and for figures.
create index review_person on review (workflow, person, decided_at) where decided_at is not null;
