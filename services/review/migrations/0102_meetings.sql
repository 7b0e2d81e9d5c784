-- Meetings: who was there, who said what, what the chief executive decided
-- depends: 0101_rounds

-- migrate: apply

-- One row for each item that a meeting decided: some hundreds a year, kept with the document's file. No purge, no partitions.
create table meetings (
    id             uuid primary key default uuidv7(),
    round_id       uuid not null unique references rounds (id),
    issuer_unit    text not null,
    form           text not null check (form in ('executive', 'plenary')),
    name           text not null check (name <> ''),
    place          text not null check (place <> ''),
    started_at     timestamptz not null,
    chair_id       text not null,
    chair_name     text not null,
    chief_id       text not null,
    recorder_id    text not null,
    recorder_name  text not null,
    due_count      integer not null check (due_count > 0),
    present_count  integer not null,
    quorum_ratio   numeric not null check (quorum_ratio between 0 and 1),
    notice_at      timestamptz,
    materials_at   timestamptz,
    minutes_number text,
    recorded_at    timestamptz not null,
    check (present_count between 0 and due_count),
    constraint quorum check (present_count >= due_count * quorum_ratio),
    check (notice_at <= started_at),
    check (materials_at <= started_at),
    constraint held check (started_at <= recorded_at)
);

create index meetings_held on meetings (issuer_unit, started_at);

create table attendees (
    meeting_id    uuid not null references meetings (id),
    position      integer not null,
    person_id     text,
    name          text not null check (name <> ''),
    unit_name     text not null default '',
    capacity      text not null check (capacity in ('member', 'attending')),
    absent_reason text not null default '',
    present       boolean not null,
    primary key (meeting_id, position),
    unique (meeting_id, person_id),
    check (capacity = 'attending' or person_id is not null),
    constraint absence_has_a_reason check (present or absent_reason <> '')
);

-- Each member's words as spoken; `dissents` marks those against what was decided (713号第三十条).
create table statements (
    meeting_id     uuid not null references meetings (id),
    speaking_order integer not null check (speaking_order > 0),
    person_id      text not null,
    name           text not null,
    stance         text not null check (stance in ('for', 'amend', 'against')),
    opinion        text not null check (opinion <> ''),
    dissents       boolean not null,
    primary key (meeting_id, speaking_order),
    unique (meeting_id, person_id)
);

create table meeting_decisions (
    meeting_id       uuid primary key references meetings (id),
    outcome          text not null check (outcome in ('passed', 'passed_as_amended', 'rediscuss', 'deferred', 'rejected')),
    chief_id         text not null,
    against_majority boolean not null,
    reasons          text not null default '',
    amendments       jsonb not null default '[]',
    constraint departure_has_reasons check (not against_majority or reasons <> ''),
    constraint amendments_are_listed check (outcome <> 'passed_as_amended' or jsonb_array_length(amendments) > 0)
);

-- 713号第三十条: the chief executive speaks last and decides after the discussion.
create function guard_decision() returns trigger language plpgsql as $$
begin
    if new.chief_id is distinct from
       (select person_id from statements where meeting_id = new.meeting_id order by speaking_order desc limit 1) then
        raise exception 'meeting.chief_last';
    end if;
    if exists (select 1 from attendees a
                where a.meeting_id = new.meeting_id and a.capacity = 'member' and a.present
                  and not exists (select 1 from statements s where s.meeting_id = a.meeting_id and s.person_id = a.person_id)) then
        raise exception 'meeting.statement_missing';
    end if;
    return new;
end
$$;

create trigger guard_decision before insert on meeting_decisions for each row execute function guard_decision();
create trigger append_only before update or delete on meetings for each row execute function append_only();
create trigger append_only before update or delete on attendees for each row execute function append_only();
create trigger append_only before update or delete on statements for each row execute function append_only();
create trigger append_only before update or delete on meeting_decisions for each row execute function append_only();

-- migrate: rollback
