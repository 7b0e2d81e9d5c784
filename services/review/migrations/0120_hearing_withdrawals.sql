-- Who applied for a hearing may take it back, and hears by mail what became of it
-- depends: 0119_four_eyes

-- migrate: apply

create table hearing_withdrawals (
    application_id uuid primary key references hearing_applications (id),
    at             timestamptz not null default clock_timestamp()
);

-- Taken back while nobody has been selected; the contact goes at once.
create function withdraw_application() returns trigger
language plpgsql security definer set search_path = review, pg_temp as $$
declare
    asked rounds;
begin
    select r.* into asked from rounds r join hearing_applications a on a.round_id = r.id
     where a.id = new.application_id for update of r;
    if asked.closed_at is not null
       or exists (select 1 from reports where round_id = asked.id and part = 'hearing_list') then
        raise exception 'hearing.withdrawal_late';
    end if;
    delete from hearing_contacts where application_id = new.application_id;
    return new;
end
$$;

create trigger withdraw_application before insert on hearing_withdrawals
   for each row execute function withdraw_application();
create trigger append_only before update or delete on hearing_withdrawals for each row execute function append_only();

alter table hearing_contact_reads drop constraint hearing_contact_reads_purpose_check;
alter table hearing_contact_reads add constraint hearing_contact_reads_purpose_check
    check (purpose in ('selection', 'invitation', 'mail'));

alter table hearing_contact_reads drop constraint hearing_contact_reads_purpose_check;
alter table hearing_contact_reads add constraint hearing_contact_reads_purpose_check
    check (purpose in ('selection', 'invitation', 'mail'));

-- Where a mail about one application goes; that it was asked for is noted as every reading is.
create function hearing_contact_to_mail(of_application uuid) returns text
language sql security definer set search_path = review, pg_temp as $$
    insert into hearing_contact_reads (round_id, purpose, person_id, person_name)
    select a.round_id, 'mail', 'system', 'system'
      from hearing_applications a join hearing_contacts c on c.application_id = a.id
     where a.id = of_application;
    select contact from hearing_contacts where application_id = of_application
$$;

-- migrate: rollback
