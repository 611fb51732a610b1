-- What is here for a risk comes sooner than its due time says: `urgent_at` is set with the review, and so is in one word why
-- it waits (cases/decision/urgency.ts). The program before this one knows neither and leaves them empty; its rows are ordered
-- by their due times and count as routine, which is why the index is over all three times.
alter table review add column urgent_at timestamptz;
alter table review add column cause text check (cause in ('risk', 'no_suggestion', 'unsure', 'routine'));

update review r set
  cause = found.cause,
  urgent_at = found.due - case when found.cause = 'risk'
    then least(interval '24 hours', greatest(interval '0', found.due - found.received_at) / 2) else interval '0' end
from (
  select o.case_id, o.no, c.received_at, coalesce(o.due_at, c.received_at + interval '24 hours') as due,
    case when not c.cold and d.reasons @? '$[*] ? (@.code == "rule" || @.code == "rule_failed")' then 'risk'
      when d.reasons @? '$[*] ? (@.code == "manual_arm" || @.code == "model_failed" || @.code == "breaker_open" || @.code == "budget_spent" || @.code == "bad_output" || @.code == "abandoned" || @.code == "internal_fault")' then 'no_suggestion'
      when not c.cold and d.reasons @? '$[*] ? (@.code == "below_threshold")' then 'unsure'
      else 'routine' end as cause
  from review o join case_ c on c.id = o.case_id join decision d on d.case_id = o.case_id
  where o.state in ('waiting', 'claimed')) found
where r.case_id = found.case_id and r.no = found.no;

drop index review_queue;
create index review_next on review (workflow, (coalesce(urgent_at, due_at, opened_at)), case_id) where state in ('waiting', 'claimed');
drop index review_back;
create index review_back on review (workflow, prefer, (coalesce(urgent_at, due_at, opened_at)), case_id) where state = 'waiting' and prefer is not null;
