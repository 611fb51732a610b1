-- Answers that are kept for the fallback step `cached`: whose case they belong to, and for which exact request.
--
-- Never content: the output itself stays where it is, sealed with the key of its case, and what destroys that key takes the
-- row along. The previous program runs on this schema as it did: it knows neither the table nor the column, and no release
-- that names the step can be published with it.

create table cached_answer (
  case_id text collate "C" primary key,
  workflow text collate "C" not null,
  -- Keyed digest of everything that the model was told, and of how it was asked.
  digest bytea not null check (octet_length(digest) = 32),
  release text collate "C" not null,
  step smallint not null check (step >= 0),
  model_answered text not null,
  model_version text,
  confidence double precision,
  kept_at timestamptz not null,
  expires_at timestamptz not null,
  check (expires_at > kept_at)
);
create index cached_answer_request on cached_answer (workflow, digest, kept_at desc);
create index cached_answer_expires on cached_answer (expires_at);

-- Whoever destroys a case's key destroys its content; nothing may point there any more.
create function forget_cached_answer() returns trigger language plpgsql as $$
begin
  delete from cached_answer where case_id = old.owner;
  return null;
end $$;
create trigger case_key_forgets after delete on case_key for each row execute function forget_cached_answer();

-- The case whose answer an attempt took up again, where it asked nobody.
alter table attempt add column cached_from text collate "C";
