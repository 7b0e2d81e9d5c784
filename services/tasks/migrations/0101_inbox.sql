-- The inbox: what somebody must do, until when, by which rule, and who has taken it on
-- depends:

-- migrate: apply

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;

-- Some ten items a document. Closed items stay with their document; pages read partial indexes of what is open,
-- so a million closed rows cost a page nothing. No partitions: rows leave when their document goes to the archive.
create table items (
    id              uuid primary key default uuidv7(),
    key             text not null unique check (key <> ''),
    document_id     uuid not null,
    title           text not null,
    kind            text not null,
    drafting_unit   text not null,
    stage           text not null check (stage <> ''),
    ordinal         integer not null check (ordinal >= 1),
    role            text not null check (role <> ''),
    unit_id         text check (unit_id <> ''),
    link            text not null check (link like '/%' and link not like '//%'),
    rule_id         text,
    due_on          date,
    target_on       date,
    due_ends_at     timestamptz,
    due_provisional boolean not null default false,
    state           text not null default 'open' check (state in ('open', 'claimed', 'done', 'cancelled')),
    person_id       text,
    person_unit_id  text,
    claimed_at      timestamptz,
    posted_at       timestamptz not null default clock_timestamp(),
    closed_at       timestamptz,
    outcome         text,
    closed_by       text,
    place           text not null generated always as (coalesce(unit_id, '')) stored,
    due_sort        timestamptz not null generated always as (coalesce(due_ends_at, '9999-01-01 00:00+00')) stored,
    constraint items_due_is_whole check ((due_on is null) = (due_ends_at is null)),
    constraint items_claim_has_a_person check ((person_id is null) = (person_unit_id is null)),
    constraint items_open_has_no_person check (state <> 'open' or person_id is null),
    constraint items_claimed_has_a_person check (state <> 'claimed' or person_id is not null),
    constraint items_closed_says_how check ((state in ('done', 'cancelled')) = (closed_at is not null and outcome is not null))
);

create index items_free on items (role, place, due_sort, id) where state = 'open';
create index items_taken on items (person_id, due_sort, id) where state = 'claimed';
create index items_taken_of_role on items (role, place, due_sort, id) where state = 'claimed';
create index items_closed on items (role, place, closed_at desc, id desc) where state in ('done', 'cancelled');
create index items_of_document on items (document_id);

-- The filters of a page, as one condition; the planner unfolds it.
create function item_is_wanted(
    item items, document uuid, at_stage text, words text,
    ends_by timestamptz, ends_after timestamptz, on_from date, on_to date
) returns boolean language sql immutable as $$
    select (document is null or item.document_id = document)
       and (at_stage is null or item.stage = at_stage)
       and (words is null or position(lower(words) in lower(item.title)) > 0)
       and (ends_by is null or (item.due_ends_at <= ends_by and not item.due_provisional))
       and (ends_after is null or (item.due_ends_at > ends_after and not item.due_provisional))
       and (on_from is null or (item.due_on >= on_from and not item.due_provisional))
       and (on_to is null or (item.due_on <= on_to and not item.due_provisional))
$$;

-- The record of an item: some four rows for each, never changed; they leave with their item.
create table item_events (
    id        bigint generated always as identity primary key,
    item_id   uuid not null references items (id),
    event     text not null check (event in ('posted', 'claimed', 'released', 'due_changed', 'closed')),
    person_id text,
    unit_id   text,
    at        timestamptz not null default clock_timestamp(),
    details   jsonb not null default '{}'
);

create index item_events_of_item on item_events (item_id, id);

create trigger item_events_stay before update or delete on item_events
    for each row execute function refuse_change();

-- migrate: rollback
