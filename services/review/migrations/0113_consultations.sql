-- Units that are asked for their views on a draft (征求部门意见、会签), and what they replied
-- depends: 0112_catalogue

-- migrate: apply

-- Some few units for a document; kept with its file. `due` is the day as the rule gave it when the unit was asked.
create table consultation_asks (
    id         uuid primary key default uuidv7(),
    round_id   uuid not null references rounds (id),
    ordinal    integer not null check (ordinal > 0),
    unit_id    text not null,
    unit_name  text not null,
    role       text not null,
    question   text not null default '',
    due        jsonb not null,
    due_on     date,
    asked_by   text not null,
    asked_name text not null,
    asked_at   timestamptz not null default clock_timestamp(),
    unique (round_id, ordinal)
);

create table consultation_ends (
    ask_id      uuid primary key references consultation_asks (id),
    person_id   text not null,
    person_name text not null,
    ended_at    timestamptz not null default clock_timestamp()
);

-- The newest reply of a unit counts: after negotiating it may reply anew.
create table consultation_replies (
    id             uuid primary key default uuidv7(),
    ask_id         uuid not null references consultation_asks (id),
    position       integer not null check (position > 0),
    stance         text not null check (stance in ('agree', 'agree_with_changes', 'disagree')),
    opinion        text not null default '',
    person_id      text not null,
    person_name    text not null,
    unit_id        text not null,
    on_behalf_of   text,
    on_behalf_name text,
    replied_at     timestamptz not null default clock_timestamp(),
    unique (ask_id, position),
    check (stance = 'agree' or length(opinion) >= 2)
);

create trigger append_only before update or delete on consultation_asks for each row execute function append_only();
create trigger append_only before update or delete on consultation_ends for each row execute function append_only();
create trigger append_only before update or delete on consultation_replies for each row execute function append_only();

-- The drafting unit does not ask itself, and asks a unit once at a time.
create function guard_consultation_ask() returns trigger language plpgsql as $$
begin
    perform guard_open_round(new.round_id);
    if exists (select 1 from rounds where id = new.round_id and drafting_unit = new.unit_id)
       or exists (select 1 from consultation_asks a
                   where a.round_id = new.round_id and a.unit_id = new.unit_id
                     and not exists (select 1 from consultation_ends e where e.ask_id = a.id)) then
        raise exception 'consultation.unit';
    end if;
    return new;
end
$$;

create function guard_consultation_end() returns trigger language plpgsql as $$
begin
    perform guard_open_round((select round_id from consultation_asks where id = new.ask_id));
    if exists (select 1 from consultation_replies where ask_id = new.ask_id) then
        raise exception 'consultation.ask_gone';
    end if;
    return new;
end
$$;

-- A unit's own people reply, and nobody who drafted the text.
create function guard_consultation_reply() returns trigger language plpgsql as $$
declare
    asked consultation_asks;
begin
    select * into asked from consultation_asks where id = new.ask_id;
    perform guard_open_round(asked.round_id);
    if exists (select 1 from consultation_ends where ask_id = new.ask_id) then
        raise exception 'consultation.ask_gone';
    end if;
    if asked.unit_id <> new.unit_id then
        raise exception 'consultation.other_unit';
    end if;
    if exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                where r.id = asked.round_id and a.person_id in (new.person_id, coalesce(new.on_behalf_of, ''))) then
        raise exception 'signoff.author';
    end if;
    return new;
end
$$;

create trigger guard_consultation_ask before insert on consultation_asks for each row execute function guard_consultation_ask();
create trigger guard_consultation_end before insert on consultation_ends for each row execute function guard_consultation_end();
create trigger guard_consultation_reply before insert on consultation_replies for each row execute function guard_consultation_reply();

-- Nobody rules on a dispute that they set out, or about a text that they drafted.
create function guard_ruling() returns trigger language plpgsql as $$
begin
    if exists (select 1 from reports where round_id = new.round_id and part = 'dispute' and person_id = new.person_id)
       or exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                   where r.id = new.round_id and a.person_id = new.person_id) then
        raise exception 'consultation.own_dispute';
    end if;
    return new;
end
$$;

create trigger guard_ruling before insert on reports for each row when (new.part = 'ruling') execute function guard_ruling();

-- migrate: rollback
