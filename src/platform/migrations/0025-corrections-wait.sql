-- A correction that takes several people waits as a row of its own: who proposed it, who stands behind it, how it ended. Its
-- words lie with the content of its case. What the program before this one kept waits there alone, and is still found.
create table correction_proposal (
  case_id text collate "C" not null,
  no smallint not null,
  workflow text collate "C" not null,
  state text not null check (state in ('waiting', 'made', 'refused', 'withdrawn', 'replaced')),
  person text not null,
  stands text not null,
  simulated boolean not null,
  reason text not null,
  fields text[] not null,
  -- Who stands behind it so far, as people are told apart.
  behind text[] not null,
  proposed_at timestamptz not null,
  ended_by text,
  ended_stands text,
  ended_at timestamptz,
  -- The number of the correction that it became.
  correction smallint,
  primary key (case_id, no),
  check ((state = 'waiting') = (ended_at is null)),
  check ((state = 'made') = (correction is not null))
);
create unique index correction_proposal_one on correction_proposal (case_id) where state = 'waiting';
create index correction_proposal_waiting on correction_proposal (workflow, proposed_at, case_id) where state = 'waiting';
