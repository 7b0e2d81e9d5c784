-- The pool of experts, and what they do in a round: drawn or chosen, declared, signed, answered for
-- depends: 0108_seats

-- migrate: apply

-- Every change of an entry is a version; the highest counts. Some hundreds of experts, a few versions each.
create table experts (
    id          uuid not null,
    version     integer not null check (version > 0),
    name        text not null check (name <> ''),
    unit_id     text,
    unit_name   text not null,
    title       text not null default '',
    fields      text[] not null check (cardinality(fields) > 0),
    contact     text not null default '',
    active      boolean not null,
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    entered_at  timestamptz not null default clock_timestamp(),
    primary key (id, version)
);

-- How experts came into a round: by a draw that anybody can repeat from its seed, or chosen with a reason.
create table expert_draws (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null references rounds (id),
    way         text not null check (way in ('draw', 'choice')),
    field       text not null,
    seed        text not null default '',
    candidates  uuid[] not null,
    taken       uuid[] not null check (cardinality(taken) > 0),
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    drawn_at    timestamptz not null default clock_timestamp(),
    check ((way = 'draw') = (seed <> '')),
    check ((way = 'choice') = (reason <> ''))
);

create table expert_panel (
    round_id  uuid not null references rounds (id),
    expert_id uuid not null,
    draw_id   uuid not null references expert_draws (id),
    version   integer not null,
    primary key (round_id, expert_id),
    foreign key (expert_id, version) references experts (id, version)
);

create table expert_declarations (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null,
    expert_id   uuid not null,
    interested  boolean not null,
    words       text not null default '',
    person_id   text not null,
    person_name text not null,
    declared_at timestamptz not null default clock_timestamp(),
    foreign key (round_id, expert_id) references expert_panel (round_id, expert_id)
);

create table expert_opinions (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null,
    expert_id   uuid not null,
    stance      text not null check (stance in ('for', 'amend', 'against')),
    opinion     text not null check (opinion <> ''),
    paper_hash  text not null check (paper_hash <> ''),
    signed_on   date not null,
    person_id   text not null,
    person_name text not null,
    filed_at    timestamptz not null default clock_timestamp(),
    unique (round_id, expert_id),
    foreign key (round_id, expert_id) references expert_panel (round_id, expert_id)
);

create table expert_adoptions (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null,
    expert_id   uuid not null,
    adoption    text not null check (adoption in ('adopted', 'partly', 'not_adopted')),
    reason      text not null check (reason <> ''),
    person_id   text not null,
    person_name text not null,
    said_at     timestamptz not null default clock_timestamp(),
    foreign key (round_id, expert_id) references expert_panel (round_id, expert_id)
);

-- H12 (713号第二十条): no opinion of somebody with a direct interest, or of the unit that drafted, whoever writes the row.
create function guard_expert() returns trigger language plpgsql as $$
begin
    if exists (select 1 from expert_declarations d
                where d.round_id = new.round_id and d.expert_id = new.expert_id and d.interested) then
        raise exception 'expert.interested';
    end if;
    if not exists (select 1 from expert_declarations d
                    where d.round_id = new.round_id and d.expert_id = new.expert_id) then
        raise exception 'expert.undeclared';
    end if;
    if exists (select 1
                 from expert_panel p
                 join experts e on e.id = p.expert_id and e.version = p.version
                 join rounds r on r.id = p.round_id
                where p.round_id = new.round_id and p.expert_id = new.expert_id and e.unit_id = r.drafting_unit) then
        raise exception 'expert.drafting_unit';
    end if;
    if not exists (select 1 from papers where round_id = new.round_id and file_hash = new.paper_hash) then
        raise exception 'expert.unsigned';
    end if;
    return new;
end
$$;

create trigger guard_expert before insert on expert_opinions for each row execute function guard_expert();
create trigger guard_collected before insert on expert_draws for each row execute function guard_collected();
create trigger guard_collected before insert on expert_panel for each row execute function guard_collected();
create trigger guard_collected before insert on expert_declarations for each row execute function guard_collected();
create trigger guard_collected before insert on expert_opinions for each row execute function guard_collected();
create trigger guard_collected before insert on expert_adoptions for each row execute function guard_collected();
create trigger append_only before update or delete on experts for each row execute function append_only();
create trigger append_only before update or delete on expert_draws for each row execute function append_only();
create trigger append_only before update or delete on expert_panel for each row execute function append_only();
create trigger append_only before update or delete on expert_declarations for each row execute function append_only();
create trigger append_only before update or delete on expert_opinions for each row execute function append_only();
create trigger append_only before update or delete on expert_adoptions for each row execute function append_only();

-- migrate: rollback
