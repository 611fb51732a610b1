-- Breakers of models, shared by all processes: closed, or open with the time of the next trial and whoever makes it.
--
-- A row is written when a breaker moves and when a trial is taken; a breaker without a row is closed and always was.
-- The previous program runs on this schema as it did: it does not know the table.

create table breaker (
  connection text collate "C" not null references connection (name) on delete cascade,
  -- As the provider calls it; empty where a connection is one model.
  model text collate "C" not null,
  state text not null check (state in ('closed', 'open')),
  -- Counts moves: a move is made once, whoever wants to make it.
  generation integer not null check (generation > 0),
  since timestamptz not null,
  openings integer not null,
  trial_at timestamptz,
  probe_by text collate "C",
  probe_until timestamptz,
  -- The class of the failure that opened it.
  because text,
  primary key (connection, model),
  check ((state = 'open') = (openings > 0)),
  check ((state = 'open') = (trial_at is not null)),
  check ((probe_by is null) = (probe_until is null)),
  check (probe_by is null or state = 'open')
);
