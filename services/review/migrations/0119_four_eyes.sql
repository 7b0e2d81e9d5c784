-- Four eyes in one place, on every act of judging; and the authority whose people decide
-- depends: 0118_hearings_in_public

-- migrate: apply

-- Whether a unit speaks for an authority: the head signs in the authority itself, its meetings are also recorded by its
-- own office (办公室), and a text is also verified by those who register for it (三统一).
create function of_authority(form text, unit text, authority text) returns boolean language sql stable as $$
    with recursive above as (
        select u.id, u.parent_id from directory.units u where u.id = authority
         union all
        select u.id, u.parent_id from directory.units u join above on u.id = above.parent_id where form = 'verification'
    )
    select exists (select 1 from above where id = unit)
        or form <> 'signing' and exists (select 1 from directory.units u join above on above.id = u.parent_id
                                          where u.id = unit and u.kind = 'office')
$$;

-- Why this person of that unit may not judge what the round is about; null when nothing stands in the way. The eyes of
-- an author, of the author's deputy, and of whoever is away with the author as deputy are one pair. Without a unit only
-- the person is looked at.
create function four_eyes(of_round uuid, who text, unit text) returns text language sql stable as $$
    with asked as (select * from rounds where id = of_round and not own_work),
         author as (select a.person_id from authors a join asked on asked.document_id = a.document_id)
    select case
        when exists (select 1 from author where person_id = who) then 'signoff.author'
        when exists (select 1 from directory.deputies d join author a on a.person_id = d.person_id
                      where d.deputy_id = who) then 'signoff.deputy_of_author'
        when exists (select 1 from directory.deputies d join author a on a.person_id = d.deputy_id
                      where d.person_id = who) then 'signoff.author_stands_in'
        when exists (select 1 from asked where drafting_unit = unit and (form = 'legality' or role = 'market_regulator'
                        and exists (select 1 from directory.offices o where o.role = asked.role and o.unit_id <> unit)))
            then 'signoff.same_unit'
        when exists (select 1 from asked where unit is not null and form in ('meeting', 'signing', 'verification')
                        and not exists (select 1 from joint_rounds j where j.round_id = of_round)
                        and not of_authority(form, unit, issuer_unit)) then 'signoff.other_authority'
    end
$$;

-- For tables with a round: the column with the person is the argument; `unit_id` is looked at where there is one.
create function guard_four_eyes() returns trigger language plpgsql as $$
declare
    line jsonb := to_jsonb(new);
    why  text  := four_eyes(new.round_id, line ->> tg_argv[0], line ->> 'unit_id');
begin
    if why is not null then
        raise exception '%', why;
    end if;
    return new;
end
$$;

create trigger guard_four_eyes before insert on sign_offs for each row execute function guard_four_eyes('person_id');
create trigger guard_four_eyes before insert on acceptances for each row execute function guard_four_eyes('person_id');
create trigger guard_four_eyes before insert on material_checks for each row execute function guard_four_eyes('person_id');
create trigger guard_four_eyes before insert on supplements for each row execute function guard_four_eyes('asked_by');
create trigger guard_four_eyes before insert on finding_verdicts for each row execute function guard_four_eyes('person_id');
create trigger guard_four_eyes before insert on not_applicable for each row execute function guard_four_eyes('person_id');
create trigger guard_four_eyes before insert on joint_rounds for each row execute function guard_four_eyes('called_by');
create trigger guard_four_eyes before insert on seal_uses for each row execute function guard_four_eyes('person_id');

-- What four_eyes says is said there alone.
create or replace function guard_sign_off() returns trigger language plpgsql as $$
declare
    asked rounds;
    chain chains;
begin
    select * into asked from rounds where id = new.round_id for update;
    if not found or asked.document_id <> new.document_id then
        raise exception 'round.unknown';
    end if;
    if exists (select 1 from sign_offs where round_id = new.round_id and person_id = new.person_id) then
        raise exception 'signoff.already';
    end if;
    if asked.closed_at is not null then
        raise exception 'round.closed';
    end if;
    if (new.text_hash, new.materials_hash) is distinct from (asked.text_hash, asked.materials_hash) then
        raise exception 'signoff.text_changed';
    end if;
    insert into chains (document_id) values (new.document_id) on conflict do nothing;
    select * into chain from chains where document_id = new.document_id for update;
    if (new.position, new.prev_hash) is distinct from (chain.length + 1, chain.head) then
        raise exception 'signoff.chain';
    end if;
    update chains set length = new.position, head = new.record_hash where document_id = new.document_id;
    return new;
end
$$;

create or replace function guard_deputy() returns trigger language plpgsql as $$
begin
    if new.on_behalf_of is not null and not exists (
        select 1 from directory.deputies d
         where d.deputy_id = new.person_id and d.person_id = new.on_behalf_of
           and d.unit_id = new.unit_id and new.role = any(d.roles)) then
        raise exception 'deputy.none';
    end if;
    if exists (select 1 from sign_offs s
                where s.round_id = new.round_id
                  and (s.person_id = new.on_behalf_of or s.on_behalf_of in (new.person_id, new.on_behalf_of))) then
        raise exception 'signoff.already';
    end if;
    return new;
end
$$;

-- Who drafted does not take seats away either: the last of those who are left may have decided.
create or replace function guard_seat_end() returns trigger language plpgsql as $$
declare
    of_round uuid := (select round_id from seats where id = new.seat_id);
    why      text := four_eyes(of_round, new.person_id, null);
begin
    perform guard_open_round(of_round);
    if exists (select 1 from seat_signs where seat_id = new.seat_id) then
        raise exception 'seat.acted';
    end if;
    if why is not null then
        raise exception '%', why;
    end if;
    return new;
end
$$;

-- A consulted unit answers for itself: not by the author's mouth, nor by that of the author's deputy.
create or replace function guard_consultation_reply() returns trigger language plpgsql as $$
declare
    asked consultation_asks;
begin
    select * into asked from consultation_asks where id = new.ask_id;
    perform guard_open_round(asked.round_id);
    if exists (select 1 from consultation_ends where ask_id = new.ask_id) then
        raise exception 'consultation.ask_gone';
    end if;
    if asked.unit_id <> new.unit_id then
        raise exception 'consultation.other_unit';
    end if;
    if exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                where r.id = asked.round_id
                  and (a.person_id in (new.person_id, coalesce(new.on_behalf_of, ''))
                       or exists (select 1 from directory.deputies d
                                   where (d.deputy_id, d.person_id) in ((new.person_id, a.person_id), (a.person_id, new.person_id))))) then
        raise exception 'signoff.author';
    end if;
    return new;
end
$$;

-- migrate: rollback
