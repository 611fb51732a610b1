-- A clock that was set back leaves jobs that wait for a time that was over already. The queue belongs to the owner: this
-- is the program's door to it, beside those of 0004.
create function queue_wake (at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform graphile_worker.reschedule_jobs(
    array(select id from graphile_worker.jobs where run_at > at and locked_at is null), run_at => at);
end $$;
