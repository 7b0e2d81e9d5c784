-- Hearings in public: who asks to take part, by number; who that is lies apart and goes when the round ends
-- depends: 0117_withdrawn_requests

-- migrate: apply

-- Some dozens for a hearing. `number` is what its applicant is told and what the list names.
create table hearing_applications (
    id         uuid primary key default uuidv7(),
    round_id   uuid not null references rounds (id),
    number     integer not null check (number > 0),
    party      text not null check (party <> ''),
    words      text not null default '',
    applied_at timestamptz not null default clock_timestamp(),
    unique (round_id, number)
);

-- Applications come between the notice and its last day, as long as nobody has been selected.
create function guard_application() returns trigger language plpgsql as $$
declare
    asked  rounds;
    notice jsonb;
begin
    select * into asked from rounds where id = new.round_id for update;
    select body into notice from reports
     where round_id = new.round_id and part = 'hearing_notice' order by position desc limit 1;
    if asked.stage <> 'hearing' or asked.closed_at is not null or coalesce(notice ->> 'apply_by', '') = ''
       or (clock_timestamp() at time zone 'Asia/Shanghai')::date > (notice ->> 'apply_by')::date
       or exists (select 1 from reports where round_id = new.round_id and part = 'hearing_list') then
        raise exception 'hearing.applications_closed';
    end if;
    return new;
end
$$;

create trigger guard_application before insert on hearing_applications for each row execute function guard_application();
create trigger append_only before update or delete on hearing_applications for each row execute function append_only();

-- Read by nobody's role: through the functions below, which note who asked.
create table hearing_contacts (
    application_id uuid primary key references hearing_applications (id),
    name           text not null check (name <> ''),
    contact        text not null check (contact <> ''),
    full_name      boolean not null
);

create table hearing_contact_reads (
    id          bigint generated always as identity primary key,
    round_id    uuid not null references rounds (id),
    purpose     text not null check (purpose in ('selection', 'invitation')),
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete on hearing_contact_reads for each row execute function append_only();

-- That contacts were let go of, when and how many: no data.
create table hearing_contact_erasures (
    round_id  uuid primary key references rounds (id),
    contacts  integer not null,
    erased_at timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete on hearing_contact_erasures
   for each row execute function append_only();

create function add_hearing_contact(of_application uuid, given_name text, given_contact text, given_full boolean)
returns void language sql security definer set search_path = review, pg_temp as $$
    insert into hearing_contacts (application_id, name, contact, full_name)
    values (of_application, given_name, given_contact, given_full)
$$;

create function read_hearing_contacts(of_round uuid, of_purpose text, reader_id text, reader_name text)
returns table (application_id uuid, name text, contact text, full_name boolean)
language sql security definer set search_path = review, pg_temp as $$
    insert into hearing_contact_reads (round_id, purpose, person_id, person_name)
    values (of_round, of_purpose, reader_id, reader_name);
    select c.application_id, c.name, c.contact, c.full_name
      from hearing_contacts c join hearing_applications a on a.id = c.application_id
     where a.round_id = of_round
     order by a.number
$$;

-- A hearing that is filed, and one that ends with its draft, needs nobody's contact any more.
create function forget_hearing_contacts() returns trigger
language plpgsql security definer set search_path = review, pg_temp as $$
declare
    gone integer;
begin
    delete from hearing_contacts c using hearing_applications a where a.id = c.application_id and a.round_id = new.id;
    get diagnostics gone = row_count;
    if gone > 0 then
        insert into hearing_contact_erasures (round_id, contacts) values (new.id, gone);
    end if;
    return new;
end
$$;

create trigger forget_hearing_contacts after update on rounds for each row
  when (old.closed_at is null and new.closed_at is not null and new.stage = 'hearing')
  execute function forget_hearing_contacts();

-- How often one network has applied, under a keyed hash that tells nothing and changes every day; and proofs, each
-- spent once. Nothing here is needed for longer than a day.
create unlogged table hearing_knocks (
    id    bigint generated always as identity primary key,
    key   bytea not null,
    proof bytea unique,
    at    timestamptz not null default clock_timestamp()
);

create index hearing_knocks_of on hearing_knocks (key, at);

-- migrate: rollback
