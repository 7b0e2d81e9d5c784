-- Sessions: meetings before they are held: agenda, papers, attendance, the clerk's draft, recusal, minutes.
-- depends: 0110_legality

-- migrate: apply

-- Some dozens a year for an authority. What people did with a session is in session_events, which only grow.
create table sessions (
    id           uuid primary key default uuidv7(),
    issuer_unit  text not null,
    form         text not null check (form in ('executive', 'plenary', 'office')),
    name         text not null check (name <> ''),
    place        text not null check (place <> ''),
    starts_at    timestamptz not null,
    planned_at   timestamptz not null default clock_timestamp(),
    cancelled_at timestamptz,
    unique (issuer_unit, name)
);

create index sessions_by_time on sessions (issuer_unit, starts_at desc);

create function keep_session() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.cancelled_at is not null
       or (new.id, new.issuer_unit, new.form, new.name, new.planned_at)
          is distinct from (old.id, old.issuer_unit, old.form, old.name, old.planned_at) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger keep_session before update or delete on sessions for each row execute function keep_session();

create table session_events (
    id          bigint generated always as identity primary key,
    session_id  uuid not null references sessions (id),
    kind        text not null check (kind in ('planned', 'moved', 'cancelled', 'put', 'taken_off', 'ordered', 'noticed',
                                              'pack', 'attendance', 'recorded', 'minutes')),
    detail      jsonb not null default '{}',
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp()
);

create index session_events_of on session_events (session_id, id);
create trigger append_only before update or delete on session_events for each row execute function append_only();

create table session_items (
    id         uuid primary key default uuidv7(),
    session_id uuid not null references sessions (id),
    round_id   uuid not null references rounds (id),
    position   integer not null check (position > 0),
    put_at     timestamptz not null default clock_timestamp(),
    off_at     timestamptz,
    off_reason text check (off_reason <> ''),
    check ((off_at is null) = (off_reason is null))
);

create index session_items_of on session_items (session_id, position);
-- One matter, one agenda.
create unique index session_items_live on session_items (round_id) where off_at is null;

-- 713号第二十六条: nothing comes before a meeting earlier than its reviewer was promised.
create function guard_item() returns trigger language plpgsql as $$
declare
    asked rounds;
    held  sessions;
begin
    select * into asked from rounds where id = new.round_id for update;
    select * into held from sessions where id = new.session_id for update;
    if asked.form <> 'meeting' or asked.closed_at is not null or asked.issuer_unit <> held.issuer_unit then
        raise exception 'session.item';
    end if;
    if held.cancelled_at is not null or held.starts_at < date_trunc('minute', coalesce(asked.earliest, asked.opened_at)) then
        raise exception 'session.too_early';
    end if;
    return new;
end
$$;

create function keep_item() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.off_at is not null
       or (new.id, new.session_id, new.round_id, new.put_at) is distinct from (old.id, old.session_id, old.round_id, old.put_at)
       or exists (select 1 from rounds where id = old.round_id and why = 'decided') then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger guard_item before insert on session_items for each row execute function guard_item();
create trigger keep_item before update or delete on session_items for each row execute function keep_item();

-- The bundle of papers, as it was sent: what lies in it, and what could only be listed.
create table session_packs (
    id         uuid primary key default uuidv7(),
    session_id uuid not null references sessions (id),
    file_hash  text not null check (length(file_hash) = 64),
    listing    jsonb not null,
    made_at    timestamptz not null default clock_timestamp()
);

create index session_packs_of on session_packs (session_id, made_at);
create trigger append_only before update or delete on session_packs for each row execute function append_only();

-- What the clerk has written of an item so far; every saving is kept, the newest is shown.
create table item_drafts (
    item_id     uuid not null references session_items (id),
    revision    integer not null check (revision > 0),
    fields      jsonb not null,
    saved_by    text not null,
    saved_name  text not null,
    saved_at    timestamptz not null default clock_timestamp(),
    primary key (item_id, revision)
);

create trigger append_only before update or delete on item_drafts for each row execute function append_only();

-- Minutes carry a number of their own series: never that of a document, and never given twice.
create table session_minutes (
    session_id  uuid primary key references sessions (id),
    issuer_unit text not null,
    form        text not null,
    year        integer not null,
    serial      integer not null check (serial > 0),
    number      text not null,
    file_hash   text not null check (length(file_hash) = 64),
    made_at     timestamptz not null default clock_timestamp(),
    unique (issuer_unit, form, year, serial)
);

create trigger append_only before update or delete on session_minutes for each row execute function append_only();

alter table meetings add column session_id uuid references sessions (id);
alter table meetings drop constraint meetings_form_check;
alter table meetings add constraint meetings_form_check check (form in ('executive', 'plenary', 'office'));

create table recusals (
    meeting_id uuid not null references meetings (id),
    person_id  text not null,
    name       text not null,
    reason     text not null check (reason <> ''),
    primary key (meeting_id, person_id)
);

create trigger append_only before update or delete on recusals for each row execute function append_only();

-- Who withdrew from an item neither speaks to it nor votes on it.
create function guard_recused() returns trigger language plpgsql as $$
begin
    if exists (select 1 from recusals r join statements s using (meeting_id, person_id)
                where r.meeting_id = new.meeting_id and r.person_id = new.person_id) then
        raise exception 'meeting.recused';
    end if;
    return new;
end
$$;

create trigger guard_recused after insert on statements for each row execute function guard_recused();
create trigger guard_recused after insert on recusals for each row execute function guard_recused();

create or replace function guard_decision() returns trigger language plpgsql as $$
begin
    if new.chief_id is distinct from
       (select person_id from statements where meeting_id = new.meeting_id order by speaking_order desc limit 1) then
        raise exception 'meeting.chief_last';
    end if;
    if exists (select 1 from attendees a
                where a.meeting_id = new.meeting_id and a.capacity = 'member' and a.present
                  and not exists (select 1 from recusals r where r.meeting_id = a.meeting_id and r.person_id = a.person_id)
                  and not exists (select 1 from statements s where s.meeting_id = a.meeting_id and s.person_id = a.person_id)) then
        raise exception 'meeting.statement_missing';
    end if;
    return new;
end
$$;

-- migrate: rollback
