-- Saved filters: a person's own ways to look at the inbox of a unit, by name; colleagues may look through those shared
-- depends: 0107_own_tasks

-- migrate: apply

-- A convenience, not a record of what was done: its owner changes and removes it. At most some fifty a person.
create table saved_filters (
    id         uuid primary key default uuidv7(),
    person_id  text not null,
    unit_id    text not null,
    name       text not null check (name = btrim(name) and char_length(name) between 1 and 40),
    asked      jsonb not null check (jsonb_typeof(asked) = 'object'),
    is_default boolean not null default false,
    is_shared  boolean not null default false,
    made_at    timestamptz not null default clock_timestamp(),
    constraint saved_filters_name_is_theirs_once unique (person_id, unit_id, name)
);

create unique index saved_filters_one_default on saved_filters (person_id, unit_id) where is_default;
create index saved_filters_of_unit on saved_filters (unit_id) where is_shared;

-- Whose a filter is stays.
create function guard_saved_filter() returns trigger language plpgsql as $$
begin
    if (new.id, new.person_id, new.unit_id, new.made_at) is distinct from (old.id, old.person_id, old.unit_id, old.made_at) then
        raise exception 'a saved filter stays its owner''s' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger guard_saved_filter before update on saved_filters for each row execute function guard_saved_filter();

-- migrate: rollback
