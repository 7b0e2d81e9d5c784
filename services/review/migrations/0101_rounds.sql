-- Rounds, their authors and papers, the sign-offs in one hash chain for each document
-- depends:

-- migrate: apply

-- A document has some tens of rounds and as many sign-offs in its life. They are the legal record and are
-- kept as long as the document's file (档案法), so there is no purge; below a few million rows no partitions are needed.
create table rounds (
    id                    uuid primary key default uuidv7(),
    document_id           uuid not null,
    kind                  text not null,
    title                 text not null,
    issuer_unit           text not null,
    drafting_unit         text not null,
    stage                 text not null,
    ordinal               integer not null check (ordinal > 0),
    form                  text not null check (form in ('recorded_step', 'legality', 'meeting', 'signing', 'verification')),
    role                  text not null,
    unit_id               text,
    text_version          integer not null,
    text_hash             text not null check (text_hash <> ''),
    materials_hash        text not null,
    due                   jsonb,
    due_on                date,
    earliest              timestamptz,
    rule_id               text,
    papers                text[] not null default '{}',
    may_be_not_applicable boolean not null default false,
    reply_to              text not null,
    trace                 jsonb not null default '{}',
    opened_at             timestamptz not null default clock_timestamp(),
    closed_at             timestamptz,
    why                   text check (why in ('decided', 'voided', 'withdrawn')),
    outcome               text,
    record_hash           text,
    actor_id              text,
    decided_at            timestamptz,
    publication_day       date,
    -- A drafting unit that files its own paper does its own work; it judges nothing.
    own_work              boolean not null generated always as (form = 'recorded_step' and role = 'drafter') stored,
    unique (document_id, stage, ordinal),
    check ((closed_at is null) = (why is null)),
    check ((why is not distinct from 'decided') = (outcome is not null)),
    check (num_nonnulls(outcome, record_hash, actor_id, decided_at) in (0, 4))
);

create index rounds_open on rounds (stage, due_on) where closed_at is null;
create index rounds_decided on rounds (issuer_unit, decided_at) where why = 'decided';

create function keep_round() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'round.kept';
    end if;
    if old.closed_at is not null then
        raise exception 'round.closed';
    end if;
    if (new.id, new.document_id, new.stage, new.ordinal, new.form, new.role, new.text_hash, new.materials_hash,
        new.drafting_unit, new.opened_at)
       is distinct from
       (old.id, old.document_id, old.stage, old.ordinal, old.form, old.role, old.text_hash, old.materials_hash,
        old.drafting_unit, old.opened_at) then
        raise exception 'round.fixed';
    end if;
    return new;
end
$$;

create trigger keep_round before update or delete on rounds for each row execute function keep_round();

create function append_only() returns trigger language plpgsql as $$
begin
    raise exception 'record.append_only';
end
$$;

-- Everybody who ever drafted or submitted a version of the document.
create table authors (
    document_id uuid not null,
    person_id   text not null,
    since       timestamptz not null default clock_timestamp(),
    primary key (document_id, person_id)
);

create trigger append_only before update or delete on authors for each row execute function append_only();

-- The end of each document's chain; its row lock puts the sign-offs of one document in one order.
create table chains (
    document_id uuid primary key,
    length      integer not null default 0,
    head        text not null default ''
);

create table sign_offs (
    id             uuid primary key default uuidv7(),
    document_id    uuid not null,
    position       integer not null check (position > 0),
    round_id       uuid not null references rounds (id),
    person_id      text not null,
    person_name    text not null,
    unit_id        text not null,
    unit_name      text not null,
    role           text not null,
    outcome        text not null,
    text_hash      text not null,
    materials_hash text not null,
    opinion        text not null default '',
    record         jsonb not null,
    record_hash    text not null unique,
    prev_hash      text not null,
    signed_at      timestamptz not null,
    unique (round_id, person_id),
    unique (document_id, position)
);

create index sign_offs_by_person on sign_offs (person_id, signed_at);

-- Four eyes (713号第二十八条; 公文条例第二十五条), whoever writes the row and by whatever way.
create function guard_sign_off() returns trigger language plpgsql as $$
declare
    asked rounds;
    chain chains;
begin
    select * into asked from rounds where id = new.round_id for update;
    if not found or asked.document_id <> new.document_id then
        raise exception 'round.unknown';
    end if;
    if exists (select 1 from sign_offs where round_id = new.round_id and person_id = new.person_id) then
        raise exception 'signoff.already';
    end if;
    if asked.closed_at is not null then
        raise exception 'round.closed';
    end if;
    if (new.text_hash, new.materials_hash) is distinct from (asked.text_hash, asked.materials_hash) then
        raise exception 'signoff.text_changed';
    end if;
    if not asked.own_work and exists (select 1 from authors where document_id = new.document_id and person_id = new.person_id) then
        raise exception 'signoff.author';
    end if;
    if asked.form = 'legality' and new.unit_id = asked.drafting_unit then
        raise exception 'signoff.same_unit';
    end if;
    insert into chains (document_id) values (new.document_id) on conflict do nothing;
    select * into chain from chains where document_id = new.document_id for update;
    if (new.position, new.prev_hash) is distinct from (chain.length + 1, chain.head) then
        raise exception 'signoff.chain';
    end if;
    update chains set length = new.position, head = new.record_hash where document_id = new.document_id;
    return new;
end
$$;

create trigger guard_sign_off before insert on sign_offs for each row execute function guard_sign_off();
create trigger append_only before update or delete on sign_offs for each row execute function append_only();
create trigger never_emptied before truncate on sign_offs for each statement execute function append_only();

-- What a legality opinion asks, item by item. `handling` is said once, in a later round.
create table opinion_points (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null references rounds (id),
    document_id uuid not null,
    position    integer not null check (position > 0),
    clause      text not null,
    nature      text not null check (nature in ('must', 'advice')),
    text        text not null check (text <> ''),
    basis       text not null default '',
    handling    text check (handling in ('done', 'partly', 'not_done')),
    handled_in  uuid references rounds (id),
    unique (round_id, position),
    check ((handling is null) = (handled_in is null))
);

create index opinion_points_of on opinion_points (document_id);

create function keep_point() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.handling is not null
       or (new.id, new.round_id, new.position, new.clause, new.nature, new.text, new.basis)
          is distinct from (old.id, old.round_id, old.position, old.clause, old.nature, old.text, old.basis) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger keep_point before update or delete on opinion_points for each row execute function keep_point();

-- Papers put to a round; the bytes lie in the content store. `role` is the paper it is, as the rule book names it.
create table papers (
    id         uuid primary key default uuidv7(),
    round_id   uuid not null references rounds (id),
    role       text not null default '',
    file_hash  text not null,
    name       text not null check (name <> ''),
    size       bigint not null check (size >= 0),
    filed_by   text not null,
    filed_name text not null,
    filed_at   timestamptz not null default clock_timestamp(),
    unique (round_id, role, file_hash)
);

create function guard_paper() returns trigger language plpgsql as $$
begin
    if exists (select 1 from rounds where id = new.round_id and closed_at is not null) then
        raise exception 'round.closed';
    end if;
    return new;
end
$$;

create trigger guard_paper before insert on papers for each row execute function guard_paper();
create trigger append_only before update or delete on papers for each row execute function append_only();

-- A named person says, with a reason, that the step does not apply.
create table not_applicable (
    round_id    uuid primary key references rounds (id),
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    reason      text not null check (length(reason) >= 10),
    declared_at timestamptz not null
);

create trigger append_only before update or delete on not_applicable for each row execute function append_only();

-- Materials asked for: from `asked_at` to `ended_at` the reviewer's time stands still.
create table supplements (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null references rounds (id),
    missing     text[] not null check (cardinality(missing) > 0),
    note        text not null default '',
    asked_by    text not null,
    asked_name  text not null,
    asked_at    timestamptz not null,
    answered_by text,
    answer      text,
    ended_at    timestamptz,
    ended_why   text check (ended_why in ('answered', 'decided')),
    check ((ended_at is null) = (ended_why is null)),
    check (ended_at is null or ended_at >= asked_at),
    check ((ended_why is not distinct from 'answered') = (answered_by is not null))
);

create unique index supplements_open on supplements (round_id) where ended_at is null;

create function keep_supplement() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.ended_at is not null
       or (new.id, new.round_id, new.missing, new.asked_by, new.asked_at)
          is distinct from (old.id, old.round_id, old.missing, old.asked_by, old.asked_at) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger keep_supplement before update or delete on supplements for each row execute function keep_supplement();

-- migrate: rollback
