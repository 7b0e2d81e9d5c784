-- Passing items on: versions, how an item came to its holder, opinions asked, copies, and on whose behalf
-- depends: 0102_plans

-- migrate: apply

-- `sort`: a duty of an office; an opinion asked of one person, bound to a duty; a copy for one person to read.
-- `came_*` says how the item came to whoever holds it, by whom, with which words, and in which version.
alter table items add column version integer not null default 1 check (version >= 1);
alter table items add column sort text not null default 'duty' check (sort in ('duty', 'opinion', 'copy'));
alter table items add column parent_id uuid references items (id);
alter table items add column came_how text not null default 'posted'
    check (came_how in ('posted', 'reassigned', 'handed_over', 'asked', 'copied'));
alter table items add column came_from text;
alter table items add column came_from_unit text;
alter table items add column came_words text not null default '';
alter table items add column came_version integer;
alter table items add column asked_by text;
alter table items add column asked_by_unit text;
alter table items add column question text not null default '';
alter table items add column answer text check (answer <> '');

alter table items add constraint items_errand_has_a_parent check ((sort = 'duty') = (parent_id is null));
alter table items add constraint items_errand_has_a_person
    check (sort = 'duty' or (role = 'person' and unit_id is not null and person_id is not null and asked_by is not null));
alter table items add constraint items_answer_ends_an_opinion
    check ((answer is not null) = (sort = 'opinion' and outcome is not distinct from 'answered'));

-- Nobody is sent the same paper twice.
create unique index items_copied_once on items (parent_id, person_id) where sort = 'copy';
create index items_of_parent on items (parent_id) where parent_id is not null;

alter table item_events add column version integer not null default 1;
alter table item_events add column on_behalf_of text check (on_behalf_of <> person_id);
alter table item_events drop constraint item_events_event_check;
alter table item_events add constraint item_events_event_check check (event in (
    'posted', 'claimed', 'released', 'due_changed', 'closed', 'reassigned', 'handed_over', 'taken_back',
    'asked', 'answered', 'withdrawn', 'urged', 'copied', 'read'));

-- Two acts on one version cannot both be recorded; what is closed stays as it was closed.
create function guard_item() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'items are kept' using errcode = 'restrict_violation';
    end if;
    if old.state in ('done', 'cancelled') then
        raise exception 'a closed item stays closed' using errcode = 'restrict_violation';
    end if;
    if new.version <> old.version + 1 then
        raise exception 'an act makes the next version' using errcode = 'restrict_violation';
    end if;
    if (new.id, new.key, new.document_id, new.stage, new.ordinal, new.role, new.unit_id, new.sort, new.parent_id,
        new.asked_by, new.question)
       is distinct from
       (old.id, old.key, old.document_id, old.stage, old.ordinal, old.role, old.unit_id, old.sort, old.parent_id,
        old.asked_by, old.question) then
        raise exception 'what an item is about stays' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger guard_item before update or delete on items for each row execute function guard_item();

-- migrate: rollback
