-- A rollback names what it takes back, and may take out the stable release while another one's rollout is open.

-- Where the cases go that are not the candidate's, and its own once it is taken out; null: to `control`.
alter table rollout add column back_to text collate "C";
-- The border of ids from which on the release beside it got no more cases, because it was taken out; null: it gets them.
alter table rollout add column alone_from text collate "C";
-- Of the draw that settled the thread's arm: under another one its share counts for nothing. Null: from before this column.
alter table thread_arm add column salt text;
