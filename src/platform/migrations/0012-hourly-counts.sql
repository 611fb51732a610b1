-- Counts of cases by the hour in which they came, so that a picture of weeks does not read every case of them.
--
-- The previous program runs on this schema as it did: it knows neither table.

create table case_hour (
  workflow text collate "C" not null,
  hour timestamptz not null,
  received integer not null,
  -- Of those: gone out alone, decided by a person, delivered; as it stood when the hour was last counted.
  automatic integer not null,
  reviewed integer not null,
  delivered integer not null,
  primary key (workflow, hour)
);

-- Hours that were counted, and when last; an hour without a row here was not.
create table case_hour_counted (
  hour timestamptz primary key,
  counted_at timestamptz not null
);
