-- Fewer and smaller indexes for what every case brings. The previous program runs on this schema as it did.

-- An external id is asked for with its source and without it: with the source last, the primary key answers both.
drop index intake_key_external;
alter table intake_key drop constraint intake_key_pkey, add primary key (workflow, external_id, source);

-- Ids rise. Kept in that order, new ones go behind the last of their state and fill their pages; the other way round they go in
-- front of it, and each page is split in the middle. Lists that begin with the newest read it backwards.
drop index case_state;
create index case_state on case_ (workflow, state, id);

-- A case has a handful of events: they are sorted when they are looked at.
drop index audit_event_case;
create index audit_event_case on audit_event (case_id) where case_id is not null;
