-- Who asked for a change with which roles, the safe-stop ladder and requests to move it, and what lists of cases are searched by.
--
-- The previous program runs on this schema as it did: it fills none of these columns and knows neither table.

-- The roles with which it was asked for; null: from the machine itself, by whoever administers it.
alter table workflow_setting_change add column requested_roles text[];

-- Every move of the ladder. Where it stands is `workflow.rung`.
create table ladder_move (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  before smallint not null check (before between 0 and 4),
  after smallint not null check (after between 0 and 4),
  reason text,
  moved_at timestamptz not null,
  moved_by text not null,
  check (before <> after),
  -- Towards stop needs no reason first; back does.
  check (after > before or reason is not null)
);
create index ladder_move_workflow on ladder_move (workflow, id desc);
create trigger ladder_move_kept before update or delete on ladder_move for each row execute function refuse_change();
create trigger ladder_move_not_emptied before truncate on ladder_move for each statement execute function refuse_change();

-- Somebody asks for a stop; it stands until it is settled. What was said and answered belongs to the case where one is
-- named (case_content `stop.<id>`, `stop_answer.<id>`), else it is sealed here under a key of its own.
create table stop_request (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  case_id text collate "C",
  person text not null,
  sealed bytea,
  sealed_answer bytea,
  asked_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  check ((settled_at is null) = (settled_by is null)),
  check (case_id is null or (sealed is null and sealed_answer is null))
);
create index stop_request_open on stop_request (workflow, id desc) where settled_at is null;

-- Cases of one thread, and external ids whatever their source.
create index case_thread on case_ (workflow, thread, id desc) where thread is not null;
create index intake_key_external on intake_key (workflow, external_id);
