-- Seats: a round that several people decide together, each by a sign-off of their own
-- depends: 0107_sheets

-- migrate: apply

-- `passing` and `outcomes` are those of the stage when the round was made joint, so that the count never changes.
-- `part` of `whole` seats must agree where the rule is a ratio.
create table joint_rounds (
    round_id    uuid primary key references rounds (id),
    rule        text not null check (rule in ('all', 'any', 'ratio')),
    part        integer not null default 1 check (part > 0),
    whole       integer not null default 1 check (whole > 0),
    passing     text[] not null check (cardinality(passing) > 0),
    outcomes    text[] not null,
    called_by   text,
    called_name text not null default '',
    called_at   timestamptz not null default clock_timestamp(),
    check (part <= whole)
);

-- Some few for a round, kept with it. `leads` marks the seat of the round's own office, whose inbox item is the round's.
create table seats (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null references joint_rounds (round_id),
    ordinal     integer not null check (ordinal > 0),
    person_id   text,
    person_name text not null default '',
    unit_id     text not null,
    unit_name   text not null,
    role        text not null,
    leads       boolean not null default false,
    added_by    text,
    added_name  text not null default '',
    added_at    timestamptz not null default clock_timestamp(),
    unique (round_id, ordinal)
);

create unique index seats_leading on seats (round_id) where leads;

-- Who signs before whom: 前加签, 后加签.
create table seat_order (
    first_id uuid not null references seats (id),
    then_id  uuid not null references seats (id),
    primary key (first_id, then_id),
    check (first_id <> then_id)
);

create table seat_ends (
    seat_id     uuid primary key references seats (id),
    why         text not null check (why in ('removed', 'withdrawn')),
    person_id   text not null,
    person_name text not null,
    reason      text not null default '',
    ended_at    timestamptz not null default clock_timestamp(),
    check (why = 'withdrawn' or length(reason) >= 2)
);

create table seat_signs (
    seat_id     uuid primary key references seats (id),
    sign_off_id uuid not null unique references sign_offs (id),
    outcome     text not null,
    agrees      boolean not null
);

create trigger append_only before update or delete on joint_rounds for each row execute function append_only();
create trigger append_only before update or delete on seats for each row execute function append_only();
create trigger append_only before update or delete on seat_order for each row execute function append_only();
create trigger append_only before update or delete on seat_ends for each row execute function append_only();
create trigger append_only before update or delete on seat_signs for each row execute function append_only();

-- met, lost (it can no longer be met), or open.
create function joint_state(of_round uuid) returns text language sql stable as $$
    with live as (
        select s.id, g.agrees
          from seats s
          left join seat_signs g on g.seat_id = s.id
         where s.round_id = of_round and not exists (select 1 from seat_ends e where e.seat_id = s.id)
    ), counted as (
        select count(*) as seats, count(*) filter (where agrees) as agreed, count(*) filter (where agrees is null) as left_
          from live
    )
    select case when c.seats > 0 and c.agreed >= n.needed then 'met'
                when c.agreed + c.left_ < n.needed then 'lost'
                else 'open' end
      from joint_rounds j, counted c,
           lateral (select case j.rule when 'all' then c.seats
                                       when 'any' then 1
                                       else (c.seats * j.part + j.whole - 1) / j.whole end as needed) n
     where j.round_id = of_round
$$;

-- Everything about seats happens under the lock of the round, and only while it is open.
create function guard_open_round(of_round uuid) returns void language plpgsql as $$
declare
    closed timestamptz;
begin
    select closed_at into closed from rounds where id = of_round for update;
    if closed is not null then
        raise exception 'round.closed';
    end if;
end
$$;

create function guard_joint_round() returns trigger language plpgsql as $$
begin
    perform guard_open_round(new.round_id);
    -- A meeting decides in session: 传阅、会签不能代替会议.
    if exists (select 1 from rounds where id = new.round_id and form = 'meeting') then
        raise exception 'seat.meeting';
    end if;
    if exists (select 1 from sign_offs where round_id = new.round_id) then
        raise exception 'signoff.already';
    end if;
    return new;
end
$$;

create function guard_seat() returns trigger language plpgsql as $$
begin
    perform guard_open_round(new.round_id);
    if exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                where r.id = new.round_id and not r.own_work and a.person_id = new.person_id) then
        raise exception 'signoff.author';
    end if;
    return new;
end
$$;

create function guard_seat_end() returns trigger language plpgsql as $$
begin
    perform guard_open_round((select round_id from seats where id = new.seat_id));
    if exists (select 1 from seat_signs where seat_id = new.seat_id) then
        raise exception 'seat.acted';
    end if;
    return new;
end
$$;

create function guard_seat_sign() returns trigger language plpgsql as $$
declare
    seat seats;
    signed sign_offs;
begin
    select * into seat from seats where id = new.seat_id;
    select * into signed from sign_offs where id = new.sign_off_id;
    if signed.round_id is distinct from seat.round_id or signed.outcome <> new.outcome then
        raise exception 'seat.none';
    end if;
    if new.agrees <> (new.outcome = any (select unnest(passing) from joint_rounds where round_id = seat.round_id)) then
        raise exception 'seat.count';
    end if;
    perform guard_open_round(seat.round_id);
    if exists (select 1 from seat_ends where seat_id = new.seat_id) then
        raise exception 'seat.gone';
    end if;
    if seat.person_id is not null and seat.person_id not in (signed.person_id, coalesce(signed.on_behalf_of, signed.person_id))
       or seat.person_id is null and seat.unit_id <> signed.unit_id then
        raise exception 'seat.none';
    end if;
    if exists (select 1 from seat_order o
                where o.then_id = new.seat_id
                  and not exists (select 1 from seat_signs g where g.seat_id = o.first_id)
                  and not exists (select 1 from seat_ends e where e.seat_id = o.first_id)) then
        raise exception 'seat.waits';
    end if;
    return new;
end
$$;

create trigger guard_joint_round before insert on joint_rounds for each row execute function guard_joint_round();
create trigger guard_seat before insert on seats for each row execute function guard_seat();
create trigger guard_seat_end before insert on seat_ends for each row execute function guard_seat_end();
create trigger guard_seat_sign before insert on seat_signs for each row execute function guard_seat_sign();

-- A joint round takes no sign-off that fills no seat.
create function seat_is_filled() returns trigger language plpgsql as $$
begin
    if exists (select 1 from joint_rounds where round_id = new.round_id)
       and not exists (select 1 from seat_signs where sign_off_id = new.id) then
        raise exception 'seat.none';
    end if;
    return null;
end
$$;

create constraint trigger seat_is_filled after insert on sign_offs deferrable initially deferred
    for each row execute function seat_is_filled();

-- A joint round is decided when its rule is met or can no longer be met, and not before.
create function guard_joint_decision() returns trigger language plpgsql as $$
begin
    if new.why = 'decided' and old.why is null and joint_state(new.id) = 'open' then
        raise exception 'seat.undecided';
    end if;
    return new;
end
$$;

create trigger guard_joint_decision before update on rounds for each row execute function guard_joint_decision();

-- The stage to which a document goes back, out of those that its procedure holds.
alter table rounds add column return_to text;

alter table supplements drop constraint supplements_ended_why_check;
alter table supplements add constraint supplements_ended_why_check check (ended_why in ('answered', 'decided', 'withdrawn'));

-- migrate: rollback
