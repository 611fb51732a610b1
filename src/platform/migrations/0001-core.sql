-- The path of one case, definitions, access, and the audit trail.
--
-- Large tables are partitioned by month on their UUIDv7 id (see ensure_month); rows outside every month go to the
-- default partition, so that a wrong clock never refuses a case. Times come from the program, never from now().

create table installation (
  only_row boolean primary key check (only_row),
  key_check bytea not null,
  salt text not null,
  -- Where simulated time stands, in an installation that runs on it.
  simulated_at timestamptz
);

-- Processes that work on cases. `beat` only counts; a worker whose count stands still is dead, whatever the clocks say.
create table worker (
  id text collate "C" primary key,
  beat bigint not null default 0,
  queue_id text,
  started_at timestamptz not null
);

-- Definitions ------------------------------------------------------------------------------------------------------

create table workflow (
  name text collate "C" primary key,
  document text not null,
  digest text not null,
  applied_at timestamptz not null,
  applied_by text not null,
  stable_release text collate "C" not null default 'manual',
  candidate_release text collate "C",
  -- Whose schemas describe new cases; publishing alone never moves it once it is set.
  reference_release text collate "C",
  candidate_share numeric not null default 0 check (candidate_share between 0 and 1),
  autonomy numeric not null default 0 check (autonomy between 0 and 1),
  rung smallint not null default 0 check (rung between 0 and 4),
  salt text not null,
  dials jsonb not null,
  check (candidate_share = 0 or candidate_release is not null)
);

create table workflow_setting_change (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  setting text not null,
  before jsonb,
  after jsonb,
  reason text,
  state text not null check (state in ('pending', 'applied', 'refused')),
  requested_at timestamptz not null,
  requested_by text not null,
  decided_at timestamptz,
  decided_by text,
  needs_second boolean not null,
  check ((state = 'pending') = (decided_at is null)),
  check (not needs_second or state <> 'applied' or decided_by <> requested_by)
);
create index workflow_setting_change_pending on workflow_setting_change (workflow) where state = 'pending';

create table waiver (
  workflow text collate "C" not null references workflow (name),
  item text not null,
  person text not null,
  reason text not null check (length(reason) > 0),
  granted_at timestamptz not null,
  until timestamptz not null,
  primary key (workflow, item)
);

create table artifact (
  digest text primary key,
  kind text not null,
  bytes bytea not null
);

create table release (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  digest text not null,
  document text not null,
  state text not null check (state in ('preparing', 'ready', 'failed')),
  problem text,
  failed_tries integer not null default 0,
  published_at timestamptz not null,
  published_by text not null,
  provenance jsonb not null default '{}',
  unique (workflow, digest)
);

-- Local models trained for a release, one per name in its `local` section.
create table release_model (
  release text collate "C" not null references release (id),
  name text not null,
  digest text not null references artifact (digest),
  report jsonb not null,
  primary key (release, name)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

create function release_is_immutable() returns trigger language plpgsql as $$
begin
  if (old.id, old.workflow, old.digest, old.document, old.published_at, old.published_by, old.provenance)
     is distinct from (new.id, new.workflow, new.digest, new.document, new.published_at, new.published_by, new.provenance) then
    raise exception 'release % is immutable', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger release_immutable before update on release for each row execute function release_is_immutable();
create trigger release_kept before delete on release for each row execute function refuse_change();

create table connection (
  name text collate "C" primary key,
  kind text not null,
  settings bytea not null,
  shown jsonb not null,
  saved_at timestamptz not null,
  saved_by text not null
);

-- Access -----------------------------------------------------------------------------------------------------------

create table api_key (
  id text collate "C" primary key,
  name text not null,
  hash bytea not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  workflow text collate "C",
  simulated boolean not null default false,
  made_at timestamptz not null,
  made_by text not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);

-- Cases ------------------------------------------------------------------------------------------------------------

create table case_move (from_state text not null, to_state text not null, primary key (from_state, to_state));
insert into case_move values
  ('received', 'running'), ('received', 'in_review'), ('received', 'cancelled'),
  ('running', 'in_review'), ('running', 'decided'), ('running', 'cancelled'),
  ('in_review', 'decided'), ('in_review', 'returned'), ('in_review', 'cancelled'),
  ('decided', 'in_review'), ('decided', 'delivering'), ('decided', 'closed'), ('decided', 'cancelled'),
  ('delivering', 'delivered'), ('delivering', 'failed_delivery'),
  ('delivered', 'erased'),
  ('failed_delivery', 'delivering'), ('failed_delivery', 'erased'),
  ('returned', 'in_review'), ('returned', 'closed'), ('returned', 'cancelled'),
  ('closed', 'erased'), ('cancelled', 'erased');

create table case_ (
  id text collate "C" not null,
  workflow text collate "C" not null,
  state text not null check (state in ('received', 'running', 'in_review', 'decided', 'delivering', 'delivered', 'failed_delivery', 'returned', 'closed', 'cancelled', 'erased')),
  arm text not null check (arm in ('manual', 'stable', 'candidate')),
  release text collate "C" not null,
  share numeric not null check (share between 0 and 1),
  autonomy_coin double precision not null,
  qa boolean not null,
  qa_probability numeric not null check (qa_probability between 0 and 1),
  cold boolean not null,
  cold_probability numeric not null check (cold_probability between 0 and 1),
  drill boolean not null default false,
  door text not null check (door in ('http', 'batch', 'feed', 'replay')),
  source text collate "C" not null,
  external_id text collate "C" not null,
  thread text collate "C",
  team text,
  facets jsonb not null default '{}',
  received_at timestamptz not null,
  due_at timestamptz,
  decided_at timestamptz,
  delivered_at timestamptz,
  closed_at timestamptz,
  verdict text check (verdict in ('auto', 'approve', 'edit', 'reject')),
  next_at timestamptz,
  worker text collate "C",
  lease_no integer not null default 0,
  -- Faults of ours since the last move; the guard below sets them to zero.
  faults smallint not null default 0,
  primary key (id),
  check ((arm = 'manual') = (release = 'manual')),
  check (not (arm = 'manual' and cold)),
  check ((state in ('decided', 'delivering', 'delivered', 'failed_delivery', 'closed')) <= (decided_at is not null)),
  check ((state in ('received', 'running', 'in_review')) <= (decided_at is null)),
  check ((decided_at is null) = (verdict is null)),
  check ((state = 'delivered') = (delivered_at is not null) or state = 'erased'),
  check ((state = 'closed') = (closed_at is not null) or state = 'erased'),
  check (not (verdict = 'reject' and state in ('delivering', 'delivered', 'failed_delivery'))),
  check (not (state in ('delivered', 'failed_delivery', 'closed', 'cancelled', 'erased', 'in_review', 'returned') and (worker is not null or next_at is not null)))
) partition by range (id);
-- One for each lane of the runner: neither looks through the other's backlog.
create index case_due_model on case_ (workflow, next_at) where next_at is not null and worker is null and state in ('received', 'running');
create index case_due_delivery on case_ (workflow, next_at) where next_at is not null and worker is null and state in ('decided', 'delivering');
create index case_worker on case_ (worker) where worker is not null;
create index case_state on case_ (workflow, state, id desc);

-- A move that is not in the list, a decision without its row, a delivered case with an open delivery: refused here.
create function case_guard() returns trigger language plpgsql as $$
begin
  if new.state = old.state then return new; end if;
  if not exists (select from case_move where from_state = old.state and to_state = new.state) then
    raise exception 'case %: % cannot become %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  if new.state in ('in_review', 'decided') and not exists (select from decision where case_id = new.id) then
    raise exception 'case %: % without a decision', old.id, new.state using errcode = 'check_violation';
  end if;
  if new.state = 'delivered' and (
       not exists (select from delivery where case_id = new.id)
       or exists (select from delivery where case_id = new.id and state <> 'sent')) then
    raise exception 'case %: delivered without its deliveries', old.id using errcode = 'check_violation';
  end if;
  new.faults := 0;
  return new;
end $$;
create trigger case_guard before update of state on case_ for each row execute function case_guard();

-- Keys of cases and of quarantined records; destroying one destroys all content sealed with it.
create table case_key (
  owner text collate "C" primary key,
  wrapped bytea not null
) partition by hash (owner);

create table case_content (
  case_id text collate "C" not null,
  kind text collate "C" not null,
  sealed bytea not null,
  primary key (case_id, kind)
) partition by range (case_id);
alter table case_content alter column sealed set storage external;

create table attachment (
  case_id text collate "C" not null,
  no smallint not null,
  media_type text not null,
  size integer not null,
  -- Sealed apart from the bytes, so that a list of names reads no bytes.
  sealed_name bytea not null,
  sealed bytea not null,
  primary key (case_id, no)
) partition by range (case_id);
alter table attachment alter column sealed set storage external;

-- One row per external id: the idempotency key. Not partitioned by time, or the key would need the time in it.
create table intake_key (
  workflow text collate "C" not null,
  source text collate "C" not null,
  external_id text collate "C" not null,
  case_id text collate "C" not null,
  digest bytea not null,
  primary key (workflow, source, external_id)
) partition by hash (workflow, source, external_id);

create table case_subject (
  digest bytea not null,
  case_id text collate "C" not null,
  primary key (digest, case_id)
) partition by hash (digest);
create index case_subject_case on case_subject (case_id);

create table thread_arm (
  workflow text collate "C" not null,
  thread text collate "C" not null,
  arm text not null check (arm in ('manual', 'stable', 'candidate')),
  release text collate "C" not null,
  share numeric not null,
  primary key (workflow, thread)
);

-- The quality coin's probability of each day, fixed when the day's first case arrives.
create table workflow_day (
  workflow text collate "C" not null,
  day date not null,
  qa_probability numeric not null check (qa_probability between 0 and 1),
  primary key (workflow, day)
);

create table attempt (
  case_id text collate "C" not null references case_ (id),
  no smallint not null,
  step smallint not null,
  purpose text not null check (purpose in ('answer', 'repair')),
  state text not null check (state in ('reserved', 'answered', 'failed', 'abandoned')),
  model_asked text not null,
  model_answered text,
  model_version text,
  error text,
  retryable boolean,
  confidence double precision,
  input_tokens integer,
  output_tokens integer,
  started_at timestamptz not null,
  finished_at timestamptz,
  milliseconds double precision,
  primary key (case_id, no),
  check ((state = 'reserved') = (finished_at is null)),
  check ((state = 'failed') <= (error is not null and retryable is not null))
) partition by range (case_id);

create table decision (
  case_id text collate "C" not null references case_ (id),
  outcome text not null check (outcome in ('auto', 'review', 'fallback', 'manual')),
  reasons jsonb not null,
  step smallint,
  attempt smallint,
  confidence double precision,
  threshold double precision,
  certificate text collate "C",
  decided_at timestamptz not null,
  primary key (case_id),
  check ((outcome = 'auto') <= (certificate is not null)),
  check ((outcome in ('manual', 'fallback')) = (attempt is null))
) partition by range (case_id);

create table review (
  case_id text collate "C" not null references case_ (id),
  no smallint not null,
  workflow text collate "C" not null,
  state text not null check (state in ('waiting', 'claimed', 'decided', 'undone')),
  due_at timestamptz,
  opened_at timestamptz not null,
  lease text collate "C",
  lease_until timestamptz,
  person text,
  -- Key and person together: a name alone is shared by everybody who has the same key.
  holder text collate "C",
  simulated boolean not null default false,
  seen boolean,
  verdict text check (verdict in ('approve', 'edit', 'reject')),
  reason text,
  fields text[],
  decided_at timestamptz,
  primary key (case_id, no),
  check ((state = 'claimed') = (lease is not null and lease_until is not null)),
  check ((state in ('decided', 'undone')) = (verdict is not null)),
  check ((verdict is null) = (decided_at is null)),
  check ((state = 'waiting') or (person is not null and holder is not null))
) partition by range (case_id);
create unique index review_open on review (case_id) where state in ('waiting', 'claimed');
create index review_queue on review (workflow, due_at, case_id) where state in ('waiting', 'claimed');

create table label (
  id text collate "C" not null,
  case_id text collate "C" not null references case_ (id),
  workflow text collate "C" not null,
  release text collate "C" not null,
  arm text not null,
  step smallint,
  source text not null check (source in ('review', 'second_review', 'cold', 'qa', 'planted', 'feedback', 'correction', 'import')),
  asked_for text not null,
  probability numeric check (probability between 0 and 1),
  -- Both coins and their probabilities: where both fell, or the arms differ, one probability alone weighs wrongly.
  qa boolean not null,
  qa_probability numeric not null check (qa_probability between 0 and 1),
  cold boolean not null,
  cold_probability numeric not null check (cold_probability between 0 and 1),
  seen boolean not null,
  confidence double precision,
  wrong boolean,
  wrong_fields text[],
  person text not null,
  simulated boolean not null,
  labelled_at timestamptz not null,
  superseded_by text collate "C" check (superseded_by > id),
  -- Its verdict was undone. What the person wrote stays in case_content, as `label.<id>`.
  withdrawn_at timestamptz,
  drill boolean not null default false,
  primary key (case_id, id),
  foreign key (case_id, superseded_by) references label (case_id, id),
  check (not (source = 'cold' and seen))
) partition by range (case_id);
create index label_release on label (workflow, release, case_id);

-- A judgement is kept as it was given; only once each it may be superseded and withdrawn.
create function label_guard() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) - array['superseded_by', 'withdrawn_at'] is distinct from to_jsonb(new) - array['superseded_by', 'withdrawn_at']
     or (old.superseded_by is not null and new.superseded_by is distinct from old.superseded_by)
     or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at) then
    raise exception 'label % is append-only: it can only be superseded or withdrawn', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger label_kept before update on label for each row execute function label_guard();
create trigger label_not_deleted before delete on label for each row execute function refuse_change();
create trigger label_not_emptied before truncate on label for each statement execute function refuse_change();

create table delivery (
  case_id text collate "C" not null references case_ (id),
  target text not null,
  key text collate "C" not null,
  state text not null check (state in ('pending', 'sent', 'dead')),
  tries integer not null default 0,
  -- Tries before the last replay: the pauses are counted from here.
  failures integer not null default 0,
  next_at timestamptz,
  sent_at timestamptz,
  error text,
  receipt jsonb,
  primary key (case_id, target),
  check ((state = 'sent') = (sent_at is not null)),
  check ((state = 'pending') = (next_at is not null))
) partition by range (case_id);
create index delivery_dead on delivery (case_id) where state = 'dead';

create table delivery_attempt (
  case_id text collate "C" not null,
  target text not null,
  no integer not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  error text,
  primary key (case_id, target, no)
) partition by range (case_id);

-- Feeds and quarantine ---------------------------------------------------------------------------------------------

create table feed (
  workflow text collate "C" not null references workflow (name),
  name text not null,
  next_at timestamptz not null,
  worker text collate "C",
  lease_no integer not null default 0,
  problem text,
  fields text[],
  primary key (workflow, name)
);

-- One row per content of a file: the digest is the file's identity, `record` the cursor, moved with the rows it covers.
create table feed_file (
  workflow text collate "C" not null,
  feed text not null,
  digest text not null,
  name text not null,
  size bigint not null,
  record bigint not null default 0,
  done boolean not null default false,
  first_seen timestamptz not null,
  primary key (workflow, feed, digest)
);

create table feed_run (
  id text collate "C" primary key,
  workflow text collate "C" not null,
  feed text not null,
  file text not null,
  digest text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  read integer not null default 0,
  admitted integer not null default 0,
  quarantined integer not null default 0,
  duplicate integer not null default 0,
  skipped integer not null default 0,
  -- Fields that the input schema does not name, left out of the cases of this run.
  dropped text[] not null default '{}',
  problem text,
  check (read = admitted + quarantined + duplicate + skipped)
);
create index feed_run_feed on feed_run (workflow, feed, id desc);

create table quarantine (
  id text collate "C" primary key,
  workflow text collate "C" not null,
  door text not null check (door in ('http', 'batch', 'feed', 'replay')),
  source text collate "C" not null,
  external_id text collate "C",
  feed_run text collate "C",
  place text,
  reason text not null,
  message text not null,
  details jsonb not null default '[]',
  raw bytea not null,
  state text not null check (state in ('open', 'replayed', 'discarded')),
  kept_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  case_id text collate "C",
  check ((state = 'open') = (settled_at is null)),
  check ((state = 'replayed') = (case_id is not null))
);
create index quarantine_open on quarantine (workflow, id desc) where state = 'open';

-- Audit ------------------------------------------------------------------------------------------------------------

-- `body` is the exact canonical text that was hashed; the other columns are a projection of it.
create table audit_event (
  id text collate "C" not null,
  writer text collate "C" not null,
  wseq bigint not null,
  kind text not null,
  workflow text collate "C",
  case_id text collate "C",
  at timestamptz not null,
  body text not null,
  leaf bytea not null check (length(leaf) = 32),
  primary key (id)
) partition by range (id);
create index audit_event_case on audit_event (case_id, id) where case_id is not null;
create trigger audit_event_kept before update or delete on audit_event for each row execute function refuse_change();
-- Partitions take over row triggers by themselves, this one is made for each (see below).
create trigger audit_event_not_emptied before truncate on audit_event for each statement execute function refuse_change();

-- Leaves that wait for the sequencer, which empties this table.
create table audit_pending (
  writer text collate "C" not null,
  wseq bigint not null,
  event_id text collate "C" not null,
  leaf bytea not null,
  primary key (writer, wseq)
);

-- Partitions -------------------------------------------------------------------------------------------------------

-- Makes the month partition of every time-ranged table, unless it is there or its default partition holds such rows.
create function ensure_month(suffix text, from_border text, to_border text) returns void language plpgsql as $$
declare
  one record;
begin
  perform pg_advisory_xact_lock(hashtext('pilotage.ensure_month'));
  for one in select * from (values
      ('case_', 'case_'), ('case_content', 'case_'), ('attachment', 'case_'), ('attempt', 'case_'), ('decision', 'case_'), ('review', 'case_'),
      ('label', 'case_'), ('delivery', 'case_'), ('delivery_attempt', 'case_'), ('audit_event', 'evt_')) as t (name, prefix)
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

do $$
declare
  name text;
begin
  foreach name in array array['case_', 'case_content', 'attachment', 'attempt', 'decision', 'review', 'label', 'delivery', 'delivery_attempt', 'audit_event'] loop
    execute format('create table %I partition of %I default', name || '_other', name);
  end loop;
  create trigger audit_event_not_emptied before truncate on audit_event_other for each statement execute function refuse_change();
  create trigger label_not_emptied before truncate on label_other for each statement execute function refuse_change();
  foreach name in array array['case_key', 'intake_key', 'case_subject'] loop
    for i in 0..7 loop
      execute format('create table %I partition of %I for values with (modulus 8, remainder %s)', name || '_' || i, name, i);
    end loop;
  end loop;
end $$;
