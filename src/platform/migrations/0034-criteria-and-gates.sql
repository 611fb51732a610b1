-- Criteria that were frozen, and the gates judged by them: what was measured, what came of it, and who signed it.
--
-- The previous program runs on this schema as it did: it knows none of these tables.

-- Criteria as they were in force from a moment on; an empty list where a workflow dropped them.
create table criteria_version (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  version integer not null check (version > 0),
  -- Of the canonical list.
  digest text not null,
  criteria jsonb not null check (jsonb_typeof(criteria) = 'array'),
  frozen_at timestamptz not null,
  frozen_by text not null,
  unique (workflow, version)
);
create trigger criteria_version_kept before update or delete on criteria_version for each row execute function refuse_change();
create trigger criteria_version_not_emptied before truncate on criteria_version for each statement execute function refuse_change();

-- That something holds or does not, said by a named person until an end; the newest one counts.
create table attestation (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  criterion text not null,
  -- Of the criterion as it was worded then: another wording needs another word.
  digest text not null,
  holds boolean not null,
  said text not null check (said <> ''),
  person text not null,
  at timestamptz not null,
  until timestamptz not null check (until > at)
);
create index attestation_criterion on attestation (workflow, criterion, id desc);
create trigger attestation_kept before update or delete on attestation for each row execute function refuse_change();
create trigger attestation_not_emptied before truncate on attestation for each statement execute function refuse_change();

create table gate_verdict (
  id text collate "C" primary key,
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null references release (id),
  -- The groups of criteria that it is about.
  groups text[] not null check (cardinality(groups) > 0),
  -- Evaluation runs behind it, the first one's set being the one that criteria without a set of their own use.
  runs text[] not null,
  criteria_version text collate "C" references criteria_version (id),
  -- Everything that the verdict follows from, in whole numbers, and the verdict whole.
  input jsonb not null,
  verdict text not null check (verdict in ('go', 'conditional', 'no-go', 'inconclusive', 'could-not-run')),
  judgement jsonb not null,
  -- Of all of the above: what people sign.
  digest text not null,
  judged_at timestamptz not null,
  judged_by text not null
);
create index gate_verdict_workflow on gate_verdict (workflow, id desc);
create index gate_verdict_release on gate_verdict (release, id desc);
create trigger gate_verdict_kept before update or delete on gate_verdict for each row execute function refuse_change();
create trigger gate_verdict_not_emptied before truncate on gate_verdict for each statement execute function refuse_change();

create table gate_signature (
  gate text collate "C" not null references gate_verdict (id),
  signed_as text not null check (signed_as in ('owner', 'sponsor')),
  decision text not null check (decision in ('go', 'no-go')),
  -- Of the verdict that was seen.
  digest text not null,
  note text,
  person text not null,
  -- Who is behind the name: whoever signs with the machine's own key is one person, whatever name is said with it.
  stands text not null,
  at timestamptz not null,
  primary key (gate, signed_as),
  unique (gate, stands)
);
create trigger gate_signature_kept before update or delete on gate_signature for each row execute function refuse_change();
create trigger gate_signature_not_emptied before truncate on gate_signature for each statement execute function refuse_change();
