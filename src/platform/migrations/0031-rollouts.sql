-- Rollouts: how a release earns its share, stage by stage, and the record of every step, from which it can be recomputed.

create table rollout (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  -- Of the release's document: evidence belongs to it, and to no other.
  digest text not null,
  -- The stable release beside it; `manual` while people do the work.
  control text collate "C" not null,
  state text not null check (state in ('draft', 'shadow', 'running', 'held', 'promoted', 'rolled_back', 'aborted')),
  -- As they stood at the start: "shadow", a share, or a team.
  stages jsonb not null,
  -- Which of them; -1 before the first.
  stage smallint not null check (stage between -1 and jsonb_array_length(stages) - 1),
  plan jsonb not null,
  -- Cases count from here on: the border of ids when the first stage with cases began.
  first_case text collate "C",
  -- False from the moment on in which cases could go out alone: then only coins ask for labels that count.
  reviewed_whole boolean not null default true,
  -- Held by an alarm that does not roll back: its name.
  tripped text,
  -- Alarms that a named person took on themselves when they let the rollout go on.
  accepted jsonb not null default '[]',
  stage_at timestamptz not null,
  started_at timestamptz not null,
  started_by text not null,
  ended_at timestamptz,
  check ((state in ('promoted', 'rolled_back', 'aborted')) = (ended_at is not null)),
  check ((state in ('running', 'held', 'promoted')) <= (first_case is not null)),
  check (tripped is null or state = 'held')
);
create unique index rollout_open on rollout (workflow) where ended_at is null;
create index rollout_workflow on rollout (workflow, id desc);

-- Each step with what was known when it was made; `evidence` holds whole numbers, limits and ln E.
create table rollout_move (
  rollout text collate "C" not null references rollout (id),
  no integer not null check (no > 0),
  move text not null check (move in ('start', 'advance', 'promote', 'hold', 'resume', 'roll_back', 'abort')),
  at timestamptz not null,
  actor jsonb not null,
  -- Who asked, where two people decided.
  asked_by text,
  from_state text,
  to_state text not null,
  stage smallint not null,
  share numeric not null check (share between 0 and 1),
  reason text,
  evidence jsonb not null,
  primary key (rollout, no)
);
create trigger rollout_move_kept before update or delete on rollout_move for each row execute function refuse_change();
create trigger rollout_move_not_emptied before truncate on rollout_move for each statement execute function refuse_change();

-- The few integers of each guard, by the share under which the cases were assigned; made anew from the labels at each look.
create table guard_state (
  rollout text collate "C" not null references rollout (id),
  guard text not null,
  share numeric not null check (share > 0 and share <= 1),
  candidate_n integer not null check (candidate_n >= 0),
  candidate_errors integer not null check (candidate_errors between 0 and candidate_n),
  stable_n integer not null check (stable_n >= 0),
  stable_errors integer not null check (stable_errors between 0 and stable_n),
  looked_at timestamptz not null,
  primary key (rollout, guard, share)
);

-- In a stage of a team all of its new cases go to the candidate.
alter table workflow add column candidate_team text;
alter table workflow add constraint workflow_team_has_candidate check (candidate_team is null or candidate_release is not null);
