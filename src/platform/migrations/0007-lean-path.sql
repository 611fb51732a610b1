-- The path of a case with less work in the database: what is checked row by row is checked once per statement.

-- A case that goes out alone is decided and on its way in one transaction: no state stands between two waits.
-- The list lies in a function that the planner folds, because every move of every case looks into it.
create function case_moves() returns text[] immutable language sql as $$
  select array[
    'received running', 'received in_review', 'received cancelled',
    'running in_review', 'running decided', 'running delivering', 'running cancelled',
    'in_review decided', 'in_review returned', 'in_review cancelled',
    'decided in_review', 'decided delivering', 'decided closed', 'decided cancelled',
    'delivering delivered', 'delivering failed_delivery',
    'delivered erased',
    'failed_delivery delivering', 'failed_delivery erased',
    'returned in_review', 'returned closed', 'returned cancelled',
    'closed erased', 'cancelled erased']
$$;

create or replace function case_guard() returns trigger language plpgsql as $$
begin
  if new.state <> old.state then
    if not (old.state || ' ' || new.state = any (case_moves())) then
      raise exception 'case %: % cannot become %', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    new.faults := 0;
  end if;
  return new;
end $$;
drop table case_move;

-- A decision before a case waits for a person or leaves, deliveries before it is delivered: asked once for all cases of a statement.
create function case_evidence() returns trigger language plpgsql as $$
declare
  found text;
begin
  select n.id into found from moved n
  where n.state in ('in_review', 'decided', 'delivering') and not exists (select from decision d where d.case_id = n.id) limit 1;
  if found is not null then
    raise exception 'case %: it went on without a decision', found using errcode = 'check_violation';
  end if;
  select n.id into found from moved n
  where n.state = 'delivered' and (
      not exists (select from delivery d where d.case_id = n.id)
      or exists (select from delivery d where d.case_id = n.id and d.state <> 'sent')) limit 1;
  if found is not null then
    raise exception 'case %: delivered without its deliveries', found using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger case_evidence after update on case_ referencing new table as moved for each statement execute function case_evidence();

-- Every transaction that writes one of these rows moves its case in the same breath, fenced by its lease, and fails when the
-- case is not there; cases are never deleted. A reference would look each case up once more and lock it, row by row.
alter table attempt drop constraint attempt_case_id_fkey;
alter table decision drop constraint decision_case_id_fkey;
alter table delivery drop constraint delivery_case_id_fkey;
