-- People with accounts: sessions, one-time links, granted roles, and failed sign-ins.
--
-- The roles that a workflow's own document names (owner, sponsor, ...) are read from its dials and not copied here. The
-- previous program does not know these tables.

create table person (
  id text collate "C" primary key,
  email text collate "C" not null unique check (email = lower(email)),
  name text not null,
  locale text not null,
  -- Argon2id with its parameters; null: no password, signs in by link or provider.
  password text,
  provider text,
  subject text,
  preferences jsonb not null default '{}',
  made_at timestamptz not null,
  made_by text not null,
  disabled_at timestamptz,
  away_until timestamptz,
  last_seen_at timestamptz,
  check ((provider is null) = (subject is null)),
  unique (provider, subject)
);

-- Only hashes of tokens are kept. `previous` is the token before the last rotation: requests that were on their way may
-- still use it for a moment; used later, it is somebody else's copy, and the session ends.
create table session (
  id text collate "C" primary key,
  person text collate "C" not null references person (id),
  hash bytea not null unique,
  previous bytea unique,
  rotated_at timestamptz not null,
  device text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  why_ended text,
  check ((ended_at is null) = (why_ended is null))
);
create index session_person on session (person) where ended_at is null;

create table one_time_link (
  id text collate "C" primary key,
  person text collate "C" not null references person (id),
  kind text not null check (kind in ('invitation', 'sign_in')),
  hash bytea not null unique,
  made_at timestamptz not null,
  made_by text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index one_time_link_person on one_time_link (person) where used_at is null;

create table role_grant (
  person text collate "C" not null references person (id),
  role text not null,
  -- Null: for the whole installation.
  workflow text collate "C" references workflow (name),
  source text not null check (source in ('granted', 'provider')),
  granted_at timestamptz not null,
  granted_by text not null,
  unique nulls not distinct (person, role, workflow, source)
);

-- One row per account and per address that failed lately, under keyed digests; no row says whether the account exists.
create table sign_in_failure (
  subject bytea primary key,
  failures integer not null check (failures > 0),
  last_at timestamptz not null
);
