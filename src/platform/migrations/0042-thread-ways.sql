-- Where the threads go whose release was taken out. Taking one out writes one row here; the threads are rewritten behind it, some at a
-- time, and the row goes with the last of them. The previous program does not read it: until then its intake leaves them where they were.
create table thread_way (
  workflow text collate "C" not null references workflow (name),
  release text collate "C" not null,
  leads_to text collate "C" not null,
  -- Threads before it are rewritten.
  rewritten_to text collate "C" not null default '',
  primary key (workflow, release),
  check (release <> leads_to)
);
