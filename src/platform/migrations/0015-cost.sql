-- What model calls cost, and what they may cost.
--
-- The previous program runs on this schema as it did: what it records has no cost, which is shown as unknown, it counts
-- nothing here, and limits of keys and budgets do not bind it.

-- Exact, in units of the currency; null: unknown, because nobody noted a price.
alter table attempt
  add column cost numeric,
  add column currency text,
  -- The tokens are an estimate, or whether the call was billed at all.
  add column cost_estimated boolean,
  -- When the price was noted; null for what has none, as a model of the house.
  add column price_date date,
  -- Of the input tokens, what the provider had in its own cache.
  add column cached_tokens integer;
alter table shadow_run add column cost numeric, add column currency text, add column cost_estimated boolean;
alter table evaluation_score add column cost numeric, add column currency text, add column cost_estimated boolean;

-- Calls by the hour in which their case came, counted by the duty that counts the cases of that hour (case_hour_counted).
create table spend_hour (
  workflow text collate "C" not null,
  hour timestamptz not null,
  -- As it answered, or as it was asked for where none did.
  model text not null,
  -- Empty where no call has a known cost.
  currency text not null,
  calls integer not null,
  -- Of those: without a known cost, and with an estimated one.
  unknown integer not null,
  estimated integer not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cost numeric not null,
  primary key (workflow, hour, model, currency)
);

-- How much of a limit or a budget is used in one minute, day or month: calls on their way count with what they may cost.
-- A row is written only for what has a limit, once for all calls of a grouped commit.
create table spend_window (
  -- What is limited: key:<id>, workflow:<name>, connection:<name>.
  scope text collate "C" not null,
  period text not null check (period in ('minute', 'day', 'month')),
  starts timestamptz not null,
  currency text not null,
  requests bigint not null default 0,
  tokens bigint not null default 0,
  cost numeric not null default 0,
  -- Calls whose cost is unknown: they are in no sum.
  unknown bigint not null default 0,
  primary key (scope, period, starts, currency)
);
create index spend_window_starts on spend_window (starts);

-- What a key may use; null: as much as it likes.
alter table api_key add column limits jsonb;

-- What a connection may cost, over all workflows.
create table connection_budget (
  connection text collate "C" primary key references connection (name) on delete cascade,
  budget jsonb not null,
  set_at timestamptz not null,
  set_by text not null
);
