-- What was on record with the works council before what is on record now.
--
-- The previous program runs on this schema as it did: it writes over the record and keeps nothing here.

create table works_council_past (
  workflow text collate "C" not null references workflow (name),
  state text not null,
  reference text,
  -- As it stood when it was replaced.
  individuals boolean not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  replaced_at timestamptz not null
);
create index works_council_past_workflow on works_council_past (workflow, replaced_at);
