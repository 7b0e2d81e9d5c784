-- The lists of the inbox: lines with their names, one filter, indexes for what one did and sent
-- depends: 0104_inspections

-- migrate: apply

drop function item_is_wanted(items, uuid, text, text, timestamptz, timestamptz, date, date);

-- The filters of a list, as one condition; the planner unfolds it. `numbered` are documents whose number has the words.
create function item_is_sought(
    item items, document uuid, at_stage text, of_kind text, from_unit text, words text, numbered uuid[],
    ends_by timestamptz, ends_after timestamptz, on_from date, on_to date
) returns boolean language sql immutable as $$
    select (document is null or item.document_id = document)
       and (at_stage is null or item.stage = at_stage)
       and (of_kind is null or item.kind = of_kind)
       and (from_unit is null or item.drafting_unit = from_unit)
       and (words is null or position(lower(words) in lower(item.title)) > 0 or item.document_id = any(numbered))
       and (ends_by is null or (item.due_ends_at <= ends_by and not item.due_provisional))
       and (ends_after is null or (item.due_ends_at > ends_after and not item.due_provisional))
       and (on_from is null or (item.due_on >= on_from and not item.due_provisional))
       and (on_to is null or (item.due_on <= on_to and not item.due_provisional))
$$;

create view item_lines as
select i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role, i.unit_id, i.link,
       i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.state, i.person_id, i.person_unit_id,
       i.posted_at, i.closed_at, i.outcome, i.due_sort, i.version, i.sort, i.parent_id, i.came_how, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question, i.answer,
       d.short_name as drafting_unit_name, u.short_name as unit_name, h.short_name as person_unit_name,
       p.name as person_name, f.name as came_from_name
  from items i
  left join directory.units d on d.id = i.drafting_unit
  left join directory.units u on u.id = i.unit_id
  left join directory.units h on h.id = i.person_unit_id
  left join directory.persons p on p.id = i.person_id
  left join directory.persons f on f.id = i.came_from;

create index items_ended_by_holder on items (person_id, closed_at desc, id desc) where state in ('done', 'cancelled');
create index items_ended_by_closer on items (closed_by, closed_at desc, id desc)
    where state in ('done', 'cancelled') and closed_by is not null;
create index items_asked_by on items (asked_by) where state = 'claimed' and asked_by is not null;
create index items_sent_by on items (came_from) where state = 'claimed' and came_from is not null;

-- What is counted for every page is counted from the index alone.
drop index items_free;
create index items_free on items (role, place, due_sort, id) include (due_on, due_ends_at, due_provisional)
    where state = 'open';
drop index items_taken_of_role;
create index items_taken_of_role on items (role, place, due_sort, id) include (person_id) where state = 'claimed';
drop index items_closed;
create index items_closed on items (role, place, closed_at desc, id desc)
    include (person_id, person_unit_id, closed_by) where state in ('done', 'cancelled');

-- migrate: rollback
