-- What the data policy of an offered model kept back of a call: names of fields and counts by kind, never values. Null for
-- models without a policy, for workflows, and for what the previous program writes, which goes on as it did.
alter table model_call add column policy jsonb;
