-- Signing in somebody's place: on whose behalf, and four eyes for both of them
-- depends: 0103_finding_verdicts

-- migrate: apply

alter table sign_offs add column on_behalf_of text check (on_behalf_of <> person_id);
alter table sign_offs add column on_behalf_name text;
alter table sign_offs add constraint on_behalf_is_named check ((on_behalf_of is null) = (on_behalf_name is null));

-- The eyes of a deputy and of the person deputised count as one pair, whichever of them acts.
create function guard_deputy() returns trigger language plpgsql as $$
begin
    if new.on_behalf_of is not null and not exists (
        select 1 from directory.deputies d
         where d.deputy_id = new.person_id and d.person_id = new.on_behalf_of
           and d.unit_id = new.unit_id and new.role = any(d.roles)) then
        raise exception 'deputy.none';
    end if;
    if exists (select 1 from rounds r where r.id = new.round_id and not r.own_work)
       and exists (select 1 from authors a
                    where a.document_id = new.document_id
                      and (a.person_id = new.on_behalf_of
                           or a.person_id in (select d.person_id from directory.deputies d where d.deputy_id = new.person_id))) then
        raise exception 'signoff.deputy_of_author';
    end if;
    if exists (select 1 from sign_offs s
                where s.round_id = new.round_id
                  and (s.person_id = new.on_behalf_of or s.on_behalf_of in (new.person_id, new.on_behalf_of))) then
        raise exception 'signoff.already';
    end if;
    return new;
end
$$;

create trigger guard_deputy before insert on sign_offs for each row execute function guard_deputy();

-- migrate: rollback
