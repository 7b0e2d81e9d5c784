-- The seals on a published text: whose, when, on which text
-- depends: 0107_standings

-- migrate: apply

-- A row or a few for each publication, kept for good with it.
create table publication_seals (
    publication_id uuid        not null references publications (id),
    place          integer     not null check (place > 0),
    unit_id        text        not null,
    unit_name      text        not null,
    form           text        not null check (form in ('physical', 'electronic')),
    text_hash      text        not null,
    sealed_at      timestamptz not null,
    primary key (publication_id, place),
    unique (publication_id, unit_id)
);

-- 电子签名法第十三条: a seal counts for the very text that it was put on.
create function guard_publication_seal() returns trigger language plpgsql set search_path from current as $$
begin
    if new.text_hash is distinct from (select text_hash from publications where id = new.publication_id) then
        raise exception 'publication.seal_of_other_text';
    end if;
    return new;
end
$$;

create trigger guard_publication_seal before insert on publication_seals
    for each row execute function guard_publication_seal();
create trigger publication_seals_are_kept before update or delete on publication_seals
    for each row execute function refuse_change();
create trigger publication_seals_are_not_emptied before truncate on publication_seals execute function refuse_change();

-- migrate: rollback
