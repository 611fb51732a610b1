-- The data policies of models that programs ask over the endpoint: what would let more on waits for a second person, and the
-- policy of a model that is offered no more stays known. The previous program knows neither table.
create table policy_change (
  id text collate "C" primary key,
  connection text collate "C" not null,
  model text not null,
  -- Where the connection led when it was asked for, without scheme.
  place text not null,
  -- {images, policy?} in force meanwhile; null: the model is not offered until then.
  before jsonb,
  -- The model as it was asked for, as it stands in passThrough.
  after jsonb not null,
  -- What would be let on, in words of the contract.
  why jsonb not null,
  state text not null check (state in ('pending', 'applied', 'refused', 'replaced')),
  requested_at timestamptz not null,
  requested_by text not null,
  -- Null: from the machine itself.
  requested_roles text[],
  decided_at timestamptz,
  decided_by text,
  check ((state = 'pending') = (decided_at is null)),
  check ((decided_at is null) = (decided_by is null)),
  check (state <> 'applied' or decided_by <> requested_by)
);
create unique index policy_change_pending on policy_change (connection, model) where state = 'pending';

-- Without a reference: it outlives its connection.
create table kept_policy (
  connection text collate "C" not null,
  model text not null,
  place text not null,
  images boolean not null,
  policy jsonb not null,
  kept_at timestamptz not null,
  primary key (connection, model, place)
);
