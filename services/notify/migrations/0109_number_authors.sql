-- Who drafted what is numbered: none of them, nor who is one pair of eyes with them, takes its number away
-- depends: 0108_publication_seals

-- migrate: apply

-- A few rows for each number, kept for good with it. Numbers given before this have none: nobody knew them here.
create table number_authors (
    document_id uuid not null references numbers (document_id),
    person_id   text not null check (person_id <> ''),
    primary key (document_id, person_id)
);

create trigger number_authors_are_kept before update or delete on number_authors
    for each row execute function refuse_change();
create trigger number_authors_are_not_emptied before truncate on number_authors execute function refuse_change();

create function own_number(of_document uuid, who text) returns boolean language sql stable set search_path from current as $$
    select exists (select 1 from number_authors a
                    where a.document_id = of_document and directory.one_pair_of_eyes(who, a.person_id))
$$;

create function guard_voiding() returns trigger language plpgsql set search_path from current as $$
begin
    if new.state = 'void' and own_number(new.document_id, new.voided_by) then
        raise exception 'number.own';
    end if;
    return new;
end
$$;

create trigger guard_voiding before update on numbers for each row execute function guard_voiding();

-- migrate: rollback
