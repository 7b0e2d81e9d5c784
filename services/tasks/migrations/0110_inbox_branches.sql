-- What waited for no one unit is found closed by the unit that dealt with it; lists are put together by the service
-- depends: 0109_own_decisions

-- migrate: apply

create index items_closed_by_unit on items (role, person_unit_id, closed_at desc, id desc)
    where place = '' and state in ('done', 'cancelled');

-- Whose offices have changed has items of others in hand: told from the index, without a look at each.
drop index items_taken;
create index items_taken on items (person_id, due_sort, id, role, place)
    include (due_on, due_ends_at, due_provisional) where state = 'claimed';

drop view item_lines;
drop function item_at(items, text);
drop function item_words(items, text);

-- migrate: rollback
