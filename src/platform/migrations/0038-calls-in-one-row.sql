-- A call's row holds its only try, too, where the model that was named answered at once: nearly every call, and half of what
-- its record cost. The try began so many milliseconds after the call and took so many; everything else it has in common with it.
-- Other tries stay in model_call_try. The previous program runs on this schema as it did, and shows no tries of such calls.
alter table model_call
  add column try_after integer,
  add column try_milliseconds integer,
  add check ((try_after is null) = (try_milliseconds is null));
