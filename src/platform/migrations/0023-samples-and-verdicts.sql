-- How sure an answer is may take more calls: samples that agree, or a model that verifies. Each is an attempt of its own.
-- The program before this one reads these rows like any other.
alter table attempt drop constraint attempt_purpose_check;
alter table attempt add constraint attempt_purpose_check check (purpose in ('answer', 'repair', 'sample', 'verify'));
