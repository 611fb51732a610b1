-- Calls that came in over the OpenAI-compatible endpoint, and what each asked of providers. Never content.
--
-- One row per accepted call, written before its answer is out; rows are added and never changed. Both tables are partitioned
-- by month on the call's id. The previous program runs on this schema as it did: it knows neither table.

create table model_call (
  id text collate "C" not null,
  -- The key it came with.
  key text collate "C" not null,
  -- A workflow's case, or a model behind a connection.
  workflow text collate "C",
  case_id text collate "C",
  connection text collate "C",
  model_asked text not null,
  model_answered text,
  streamed boolean not null,
  mode text not null check (mode in ('buffered', 'live')),
  started_at timestamptz not null,
  milliseconds integer not null,
  first_token_ms integer,
  input_tokens integer,
  output_tokens integer,
  -- The provider said nothing of tokens: the figures are estimates.
  tokens_estimated boolean not null default false,
  finish text,
  outcome text not null check (outcome in ('answered', 'draft', 'in_review', 'pending', 'refused', 'failed', 'aborted')),
  status integer not null,
  error text,
  tries integer not null,
  -- Exact, in units of the currency; null: unknown, because nobody noted a price. What a case cost stands with its attempts.
  cost numeric,
  currency text,
  primary key (id),
  check ((workflow is null) <> (connection is null)),
  check (case_id is null or workflow is not null)
) partition by range (id);
create index model_call_workflow on model_call (workflow, id) where workflow is not null;
create index model_call_case on model_call (case_id) where case_id is not null;

create table model_call_try (
  call_id text collate "C" not null,
  no integer not null,
  connection text collate "C" not null,
  model_asked text not null,
  model_answered text,
  started_at timestamptz not null,
  milliseconds integer not null,
  first_token_ms integer,
  status integer,
  error text,
  input_tokens integer,
  output_tokens integer,
  tokens_estimated boolean not null default false,
  finish text,
  cost numeric,
  currency text,
  primary key (call_id, no)
) partition by range (call_id);

create table model_call_other partition of model_call default;
create table model_call_try_other partition of model_call_try default;

-- As before, with the two tables above.
create or replace function ensure_month(suffix text, from_border text, to_border text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  one record;
begin
  perform pg_advisory_xact_lock(hashtext('pilotage.ensure_month'));
  for one in select * from (values
      ('case_', 'case_'), ('case_content', 'case_'), ('attachment', 'case_'), ('attempt', 'case_'), ('decision', 'case_'), ('review', 'case_'),
      ('label', 'case_'), ('delivery', 'case_'), ('delivery_attempt', 'case_'), ('audit_event', 'evt_'),
      ('model_call', 'mcl_'), ('model_call_try', 'mcl_')) as t (name, prefix)
  loop
    if to_regclass(format('%I', one.name || '_' || suffix)) is null then
      begin
        execute format('create table %I partition of %I for values from (%L) to (%L)',
          one.name || '_' || suffix, one.name, one.prefix || from_border, one.prefix || to_border);
        if one.name in ('audit_event', 'label') then
          execute format('create trigger %I before truncate on %I for each statement execute function refuse_change()', one.name || '_not_emptied', one.name || '_' || suffix);
        end if;
      exception when check_violation then
        -- The default partition holds rows of this month: they stay there, and so do the others of the month.
        null;
      end;
    end if;
  end loop;
end $$;
