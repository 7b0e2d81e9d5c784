-- The pages of the inbox: each list its own statement, what is counted counted from the indexes alone
-- depends: 0105_inbox_lists

-- migrate: apply

-- Where a line stands in the order of a list, beside its id; the planner unfolds both.
create function item_at(item items, ordered text) returns timestamptz language sql immutable as $$
    select case ordered when 'due' then item.due_sort when 'arrival' then item.posted_at else '-infinity' end
$$;

create function item_words(item items, ordered text) returns text language sql immutable as $$
    select case ordered when 'document' then item.title || item.document_id::text else '' end
$$;

-- Names are looked up one by one for the few lines of a page: a join would read the whole directory for them.
create or replace view item_lines as
select i.id, i.key, i.document_id, i.title, i.kind, i.drafting_unit, i.stage, i.ordinal, i.role, i.unit_id, i.link,
       i.rule_id, i.due_on, i.target_on, i.due_ends_at, i.due_provisional, i.state, i.person_id, i.person_unit_id,
       i.posted_at, i.closed_at, i.outcome, i.due_sort, i.version, i.sort, i.parent_id, i.came_how, i.came_from,
       i.came_from_unit, i.came_words, i.came_version, i.asked_by, i.asked_by_unit, i.question, i.answer,
       (select u.short_name from directory.units u where u.id = i.drafting_unit) as drafting_unit_name,
       (select u.short_name from directory.units u where u.id = i.unit_id) as unit_name,
       (select u.short_name from directory.units u where u.id = i.person_unit_id) as person_unit_name,
       (select p.name from directory.persons p where p.id = i.person_id) as person_name,
       (select p.name from directory.persons p where p.id = i.came_from) as came_from_name
  from items i;

drop index items_taken;
create index items_taken on items (person_id, due_sort, id) include (role, place, due_on, due_ends_at, due_provisional)
    where state = 'claimed';
drop index items_ended_by_closer;
create index items_ended_by_closer on items (closed_by, closed_at desc, id desc) include (person_id)
    where state in ('done', 'cancelled') and closed_by is not null;
drop index items_asked_by;
create index items_asked_by on items (asked_by, id) where state = 'claimed' and asked_by is not null;
drop index items_sent_by;
create index items_sent_by on items (came_from, id) where state = 'claimed' and came_from is not null;
create index items_to_read on items (person_id, id) where state = 'claimed' and sort = 'copy';

-- migrate: rollback
