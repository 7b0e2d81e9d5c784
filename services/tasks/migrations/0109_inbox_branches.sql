-- What waited for no one unit is found closed by the unit that dealt with it; lists are put together by the service
-- depends: 0108_saved_filters

-- migrate: apply

create index items_closed_by_unit on items (role, person_unit_id, closed_at desc, id desc)
    where place = '' and state in ('done', 'cancelled');

drop view item_lines;
drop function item_at(items, text);
drop function item_words(items, text);

-- migrate: rollback
