-- What connections cost without a case: calls of programs that were passed on, and the canary. By the hour in which they
-- began, counted with the cases of that hour; an hour that is not in the second table is counted live by whoever asks. The
-- previous program knows neither table.
create table connection_hour (
  connection text collate "C" not null,
  path text not null check (path in ('gateway', 'canary')),
  hour timestamptz not null,
  model text not null,
  -- Empty where no call has a known cost.
  currency text not null,
  calls integer not null,
  -- Of those: without a known cost, and with an estimated one.
  unknown integer not null,
  estimated integer not null,
  cost numeric not null,
  primary key (connection, hour, path, model, currency)
);
create index connection_hour_hour on connection_hour (hour);
create table connection_hour_counted (
  hour timestamptz primary key
);
