-- Clean-ups: an inventory of documents in force, an outcome for each, the catalogue that is published
-- depends: 0115_standing

-- migrate: apply

-- One every year or two for an authority.
create table cleanups (
    id          uuid primary key default uuidv7(),
    issuer_unit text not null,
    kind        text not null,
    name        text not null check (name <> ''),
    ground      text not null check (
        ground in ('periodic', 'higher_law', 'reform', 'contradiction', 'object_gone', 'campaign')),
    cut_off_on  date not null,
    person_id   text not null,
    person_name text not null,
    opened_at   timestamptz not null default clock_timestamp()
);

create index cleanups_of on cleanups (issuer_unit, opened_at desc);
create trigger append_only before update or delete on cleanups for each row execute function append_only();

-- What was in force on the day: taken from the register once, when the clean-up is opened.
create table cleanup_inventory (
    cleanup_id  uuid not null references cleanups (id),
    document_id uuid not null references own_texts (document_id),
    primary key (cleanup_id, document_id)
);

create trigger append_only before update or delete on cleanup_inventory for each row execute function append_only();

-- The newest for each document counts, until the catalogue is public.
create table cleanup_outcomes (
    cleanup_id  uuid not null,
    document_id uuid not null,
    revision    integer not null check (revision > 0),
    outcome     text not null check (outcome in ('retain', 'amend', 'repeal', 'lapse')),
    reason      text not null check (reason <> ''),
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp(),
    primary key (cleanup_id, document_id, revision),
    foreign key (cleanup_id, document_id) references cleanup_inventory (cleanup_id, document_id)
);

create trigger append_only before update or delete on cleanup_outcomes for each row execute function append_only();

-- The result adds up to the inventory: a sum by kind of outcome, counted again by the database before it is public.
create table cleanup_results (
    cleanup_id   uuid primary key references cleanups (id),
    retained     integer not null,
    amended      integer not null,
    repealed     integer not null,
    lapsed       integer not null,
    total        integer not null check (total > 0),
    person_id    text not null,
    person_name  text not null,
    published_at timestamptz not null default clock_timestamp(),
    constraint outcomes_add_up check (retained + amended + repealed + lapsed = total)
);

create trigger append_only before update or delete on cleanup_results for each row execute function append_only();

create function guard_cleanup_open() returns trigger language plpgsql set search_path from current as $$
begin
    perform 1 from cleanups where id = new.cleanup_id for update;
    if exists (select 1 from cleanup_results where cleanup_id = new.cleanup_id) then
        raise exception 'cleanup.published';
    end if;
    return new;
end
$$;

create trigger guard_cleanup_open before insert on cleanup_inventory for each row execute function guard_cleanup_open();
create trigger guard_cleanup_open before insert on cleanup_outcomes for each row execute function guard_cleanup_open();

create function guard_cleanup_sum() returns trigger language plpgsql set search_path from current as $$
declare
    listed integer;
    counted integer[];
begin
    perform 1 from cleanups where id = new.cleanup_id for update;
    select count(*) into listed from cleanup_inventory where cleanup_id = new.cleanup_id;
    select array[count(*) filter (where outcome = 'retain'), count(*) filter (where outcome = 'amend'),
                 count(*) filter (where outcome = 'repeal'), count(*) filter (where outcome = 'lapse')]
      into counted
      from (select distinct on (document_id) outcome from cleanup_outcomes
             where cleanup_id = new.cleanup_id order by document_id, revision desc) newest;
    if new.total <> listed or counted <> array[new.retained, new.amended, new.repealed, new.lapsed] then
        raise exception 'cleanup.unequal';
    end if;
    return new;
end
$$;

create trigger guard_cleanup_sum before insert on cleanup_results for each row execute function guard_cleanup_sum();

-- migrate: rollback
