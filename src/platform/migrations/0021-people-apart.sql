-- Where several people must be different ones they are told apart by who is behind a key or a name, no longer by the name.
-- Null: from before this was kept. The program before this one leaves it null, and reads these rows like any other.
alter table api_key add column stands text;
alter table review add column stands text;
alter table correction add column stands text;

-- A key is the person who made it. Where the maker has no account, the key stays with the local operator.
update api_key k set stands = lower(trim(p.email)) from person p
where lower(trim(k.made_by)) = lower(trim(p.email)) and not ('operator' = any (k.scopes));

-- Time of work is stored only as sums that cover five or more people. What lies here of fewer on a day goes, and with it who
-- worked on which day, which is no longer kept. The table stays empty for the program before this one, which shows a sum
-- only together with it.
delete from review_time_day d
where (select count(*) from review_time_person p where p.workflow = d.workflow and p.day = d.day) < 5;
delete from review_time_person;
-- A sum of one kind of turn could be one person's among five.
with whole as (delete from review_time_day returning workflow, day, milliseconds, tasks)
insert into review_time_day (workflow, day, turn, milliseconds, tasks)
select workflow, day, 'all', sum(milliseconds), sum(tasks) from whole group by workflow, day;
