-- A candidate in shadow is judged by the cases that both releases answered, and held there. What each look counted is kept, so that
-- the way of the evidence can be drawn. What a release delivered before it was rolled back can be looked through by people.

-- Held in shadow it has no case of its own yet. The program before this one leaves such a rollout alone.
alter table rollout drop constraint rollout_check2;
alter table rollout add constraint rollout_has_cases check ((state in ('running', 'promoted')) <= (first_case is not null));

-- In shadow no case is assigned: its pairs stand at share 0.
alter table guard_state drop constraint guard_state_share_check;
alter table guard_state add constraint guard_state_share_check check (share between 0 and 1);

-- The whole numbers of a look, where labels had changed since the one before; older looks are thinned out.
create table rollout_look (
  rollout text collate "C" not null references rollout (id),
  no integer not null check (no > 0),
  at timestamptz not null,
  stage smallint not null,
  guards jsonb not null,
  primary key (rollout, no)
);

-- Delivered without a person's eyes by a release that was rolled back, and put before people since.
create table recalled_case (
  case_id text collate "C" primary key references case_ (id),
  workflow text collate "C" not null references workflow (name),
  rollout text collate "C" not null references rollout (id),
  state text not null default 'open' check (state in ('open', 'confirmed', 'corrected')),
  asked_at timestamptz not null,
  asked_by text not null,
  settled_at timestamptz,
  settled_by text,
  check ((state = 'open') = (settled_at is null))
);
create index recalled_case_rollout on recalled_case (rollout, state);
create index recalled_case_open on recalled_case (workflow, case_id) where state = 'open';

-- A correction settles it, whichever way it was made; one that is taken back opens it again.
create function correction_settles_recall() returns trigger language plpgsql as $$
begin
  if new.state = 'made' then
    update recalled_case set state = 'corrected', settled_at = new.made_at, settled_by = new.person where case_id = new.case_id;
  else
    update recalled_case set state = 'open', settled_at = null, settled_by = null where case_id = new.case_id and state = 'corrected'
      and not exists (select from correction c where c.case_id = new.case_id and c.state = 'made');
  end if;
  return null;
end $$;
create trigger correction_settles_recall after insert or update of state on correction for each row execute function correction_settles_recall();
