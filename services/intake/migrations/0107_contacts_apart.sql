-- Who commented lies apart: the service's own role may add a contact, ask whether there is one, and let go of it.
-- depends: 0106_comment_mail

-- migrate: apply

-- That a contact was let go of, why and when: no data.
create table contact_erasures (
    comment_id uuid primary key references comments (id),
    cause      text not null check (cause in ('asked', 'retention')),
    erased_at  timestamptz not null default clock_timestamp()
);

create trigger contact_erasures_stay before update or delete on contact_erasures
   for each row execute function record_stays();

create function add_contacts(comment_ids uuid[], names text[], contacts text[]) returns void
language sql security definer set search_path = intake, pg_temp as $$
    insert into comment_contacts (comment_id, name, contact)
    select given.comment_id, given.name, given.contact
      from unnest(comment_ids, names, contacts) as given (comment_id, name, contact)
$$;

create function has_contact(of_comment uuid) returns boolean
language sql stable security definer set search_path = intake, pg_temp as $$
    select exists (select 1 from comment_contacts where comment_id = of_comment)
$$;

create function erase_contact(of_comment uuid) returns boolean
language sql security definer set search_path = intake, pg_temp as $$
    with gone as (
        delete from comment_contacts where comment_id = of_comment returning comment_id
    ), noted as (
        insert into contact_erasures (comment_id, cause) select comment_id, 'asked' from gone returning comment_id
    )
    select exists (select 1 from noted)
$$;

-- migrate: rollback
