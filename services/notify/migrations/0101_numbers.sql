-- Numbers of documents: one gapless series for each agency code and year
-- depends:

-- migrate: apply

-- The register of numbers is a permanent record of some hundred rows a year: kept for good, not partitioned.
create table number_series (
    agency_code text    not null check (agency_code <> ''),
    year        integer not null check (year between 1949 and 9999),
    last        integer not null check (last >= 1),
    primary key (agency_code, year)
);

create table numbers (
    id            uuid primary key default uuidv7(),
    agency_code   text        not null,
    year          integer     not null,
    sequence      integer     not null check (sequence >= 1),
    doc_number    text        not null unique,
    document_id   uuid        not null unique,
    title         text        not null,
    kind          text        not null,
    issuer_unit   text        not null,
    text_hash     text        not null check (text_hash ~ '^[0-9a-f]{64}$'),
    state         text        not null default 'given' check (state in ('given', 'void')),
    registered_at timestamptz not null,
    registered_on date        not null,
    void_reason   text,
    voided_by     text,
    voided_at     timestamptz,
    voided_on     date,
    foreign key (agency_code, year) references number_series (agency_code, year),
    constraint numbers_once unique (agency_code, year, sequence),
    -- What a publication refers to: a number still given, of that document and that very text.
    constraint numbers_publishable unique (document_id, doc_number, text_hash, state),
    constraint numbers_void_has_its_reason check (
        (state = 'given' and num_nonnulls(void_reason, voided_by, voided_at, voided_on) = 0)
        or (state = 'void' and btrim(void_reason) <> '' and num_nulls(voided_by, voided_at, voided_on) = 0))
);

create index numbers_newest on numbers (registered_at desc, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: the record is permanent', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create trigger series_are_kept before delete on number_series for each row execute function refuse_change();
create trigger series_are_not_emptied before truncate on number_series execute function refuse_change();
create trigger numbers_are_kept before delete on numbers for each row execute function refuse_change();
create trigger numbers_are_not_emptied before truncate on numbers execute function refuse_change();

create function series_counts() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and new.last = 1 then
        return new;
    end if;
    if tg_op = 'UPDATE' and (new.agency_code, new.year, new.last) = (old.agency_code, old.year, old.last + 1) then
        return new;
    end if;
    raise exception 'a series begins at 1 and goes on one by one' using errcode = 'restrict_violation';
end
$$;

create trigger series_counts before insert or update on number_series for each row execute function series_counts();

create function series_has_its_number() returns trigger language plpgsql set search_path from current as $$
begin
    if not exists (select 1 from numbers as n
                    where n.agency_code = new.agency_code and n.year = new.year and n.sequence = new.last) then
        raise exception 'no number was registered for %/% %', new.agency_code, new.year, new.last
            using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;

-- Looked at when the transaction commits: a counter never runs ahead of the register.
create constraint trigger series_has_its_number after insert or update on number_series
    deferrable initially deferred for each row execute function series_has_its_number();

create function numbers_follow() returns trigger language plpgsql set search_path from current as $$
begin
    if new.state <> 'given' or new.sequence <> 1 + coalesce(
        (select max(n.sequence) from numbers as n where n.agency_code = new.agency_code and n.year = new.year), 0) then
        raise exception 'numbers are given one after another' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger numbers_follow before insert on numbers for each row execute function numbers_follow();

create function numbers_only_turn_void() returns trigger language plpgsql as $$
begin
    if old.state = 'given' and new.state = 'void'
        and (new.id, new.agency_code, new.year, new.sequence, new.doc_number, new.document_id, new.title, new.kind,
             new.issuer_unit, new.text_hash, new.registered_at, new.registered_on)
          = (old.id, old.agency_code, old.year, old.sequence, old.doc_number, old.document_id, old.title, old.kind,
             old.issuer_unit, old.text_hash, old.registered_at, old.registered_on) then
        return new;
    end if;
    raise exception 'a number can only be voided, once' using errcode = 'restrict_violation';
end
$$;

create trigger numbers_only_turn_void before update on numbers
    for each row execute function numbers_only_turn_void();

-- migrate: rollback
