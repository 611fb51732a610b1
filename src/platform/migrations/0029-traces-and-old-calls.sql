-- The trace of whoever handed a case in over the endpoint, so that the spans of the case belong to it. Only where traces are
-- sent. Removed with the records of calls of its time.
create table case_trace (
  case_id text collate "C" primary key,
  traceparent text not null
);

-- Month partitions of the calls over the endpoint that hold nothing any more and end before the border are dropped, and
-- named. By the owner of the tables: the program's role owns none. The program before this one never calls it.
create function drop_empty_calls(border text) returns setof text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  one record;
  filled boolean;
begin
  perform pg_advisory_xact_lock(hashtext('pilotage.ensure_month'));
  for one in
    select c.relname::text as name, p.relname::text as parent, substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([^'']+)''\)') as upto
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where i.inhparent in ('model_call'::regclass, 'model_call_try'::regclass)
    order by c.relname
  loop
    -- The default partition has no end.
    continue when one.upto is null or one.upto collate "C" > 'mcl_' || border collate "C";
    execute format('select exists (select from %I)', one.name) into filled;
    continue when filled;
    execute format('drop table %I', one.name);
    return next one.name;
  end loop;
end $$;
