-- Who is away from when to when, and who stands in; and heads of units, who may pass work on
-- depends: 0002_agency_codes

-- migrate: apply

alter table offices drop constraint offices_role_check;
alter table offices add constraint offices_role_check check (role in (
    'drafter', 'legality_reviewer', 'market_regulator', 'meeting_clerk', 'chief', 'member', 'registrar',
    'party_clerk', 'supervisor', 'filing_clerk', 'secrecy_reviewer', 'lead_unit_officer', 'operator', 'unit_head'));

-- The day in the office's zone, by the database's clock.
create function office_today() returns date language sql stable as $$
    select (clock_timestamp() at time zone 'Asia/Shanghai')::date
$$;

-- Days are inclusive. `roles` empty: all offices held in the unit. A handful of rows a person and year.
create table absences (
    id        uuid primary key default uuidv7(),
    person_id text not null references persons (id),
    unit_id   text not null references units (id),
    deputy_id text not null references persons (id),
    from_on   date not null,
    until_on  date not null,
    roles     text[] not null default '{}',
    note      text not null default '' check (length(note) <= 300),
    made_by   text not null,
    made_at   timestamptz not null default clock_timestamp(),
    ended_at  timestamptz,
    ended_by  text,
    constraint absences_days check (from_on <= until_on),
    constraint absences_two_people check (person_id <> deputy_id),
    constraint absences_end_has_a_person check ((ended_at is null) = (ended_by is null))
);

create index absences_of_deputy on absences (deputy_id) where ended_at is null;
create index absences_of_person on absences (person_id, from_on);
create index absences_of_unit on absences (unit_id, from_on desc);

create function guard_absence() returns trigger language plpgsql as $$
begin
    -- Two that are made at once must see each other.
    perform pg_advisory_xact_lock(hashtextextended('directory.absences', 0));
    if not exists (select 1 from directory.offices where person_id = new.deputy_id and unit_id = new.unit_id) then
        raise exception 'absence.deputy';
    end if;
    if exists (select 1 from directory.absences a
                where a.ended_at is null and a.person_id = new.person_id and a.unit_id = new.unit_id
                  and a.from_on <= new.until_on and new.from_on <= a.until_on
                  and (a.roles = '{}' or new.roles = '{}' or a.roles && new.roles)) then
        raise exception 'absence.overlap';
    end if;
    if exists (select 1 from directory.absences a
                where a.ended_at is null and (a.person_id = new.deputy_id or a.deputy_id = new.person_id)
                  and a.from_on <= new.until_on and new.from_on <= a.until_on) then
        raise exception 'absence.chain';
    end if;
    return new;
end
$$;

create trigger guard_absence before insert on absences for each row execute function guard_absence();

create function keep_absence() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.ended_at is not null
       or (new.id, new.person_id, new.unit_id, new.deputy_id, new.from_on, new.until_on, new.roles, new.note,
           new.made_by, new.made_at)
          is distinct from
          (old.id, old.person_id, old.unit_id, old.deputy_id, old.from_on, old.until_on, old.roles, old.note,
           old.made_by, old.made_at) then
        raise exception 'absences is append-only' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger keep_absence before update or delete on absences for each row execute function keep_absence();

-- Who stands in for whom today, in which offices that the absent person holds. What is done in person is not among
-- them: to decide and sign as head, to speak and vote as a member, to operate the system.
create view deputies as
select a.id as absence_id, a.deputy_id, a.person_id, p.name as person_name, a.unit_id, a.until_on,
       a.roles = '{}' as whole, array_agg(o.role order by o.role) as roles
  from absences a
  join persons p on p.id = a.person_id
  join offices o on o.person_id = a.person_id and o.unit_id = a.unit_id and (a.roles = '{}' or o.role = any(a.roles))
 where a.ended_at is null and directory.office_today() between a.from_on and a.until_on
   and o.role not in ('chief', 'member', 'operator')
 group by a.id, p.id;

-- migrate: rollback
