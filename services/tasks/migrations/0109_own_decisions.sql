-- Nobody decides on what they reported or inspected themselves, nor about a unit that they belong to; nor their pair of eyes
-- depends: 0108_saved_filters

-- migrate: apply

create or replace function own_task(proposer text, proposing text, who text, unit text) returns boolean language sql stable as $$
    select directory.one_pair_of_eyes(who, proposer)
        or unit = proposing and exists (select 1 from directory.offices
                                         where role = 'supervisor' and unit_id <> proposing)
$$;

-- Who reported on a task does not accept that it is done, whoever proposed it.
create function own_completion(proposed completions, who text, unit text) returns boolean language sql stable
    set search_path from current as $$
    select own_task(proposed.proposed_by, proposed.proposed_unit, who, unit)
        or exists (select 1 from progress_reports r
                    where r.task_id = proposed.task_id and directory.one_pair_of_eyes(who, r.person_id))
$$;

create or replace function guard_own_completion() returns trigger language plpgsql set search_path from current as $$
begin
    if new.decision is not null and old.decision is null and own_completion(old, new.decided_by, new.decided_unit) then
        raise exception 'completion.own';
    end if;
    return new;
end
$$;

-- Whether somebody, or who is one pair of eyes with them, holds an office in one of these units.
create function belongs_to(units text[], who text) returns boolean language sql stable as $$
    select exists (select 1 from directory.offices o
                    where o.unit_id = any(units) and directory.one_pair_of_eyes(who, o.person_id))
$$;

create function inspected_units(of_inspection uuid) returns text[] language sql stable set search_path from current as $$
    select array(select unit_id from inspection_objects where inspection_id = of_inspection)
$$;

create or replace function guard_approval() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select 1 from inspections i
                where i.id = new.inspection_id and directory.one_pair_of_eyes(new.person_id, i.person_id)) then
        raise exception 'inspection.own_proposal';
    end if;
    return new;
end
$$;

-- 督查回避 (H32): whoever has an interest steps back.
create or replace function guard_member() returns trigger language plpgsql set search_path from current as $$
begin
    if new.unit_id = any(inspected_units(new.inspection_id))
       or belongs_to(inspected_units(new.inspection_id), new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

create or replace function guard_inspecting() returns trigger language plpgsql set search_path from current as $$
begin
    if not inspection_is_approved(new.inspection_id) then
        raise exception 'inspection.unapproved';
    end if;
    if exists (select 1 from inspection_recusals where inspection_id = new.inspection_id and person_id = new.person_id)
        or not exists (select 1 from inspection_members
                        where inspection_id = new.inspection_id and person_id = new.person_id) then
        raise exception 'inspection.not_a_member';
    end if;
    -- Offices change while an inspection runs.
    if belongs_to(inspected_units(new.inspection_id), new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

create or replace function guard_step() returns trigger language plpgsql set search_path from current as $$
declare
    said inspection_conclusions;
    before inspection_steps;
begin
    select * into said from inspection_conclusions where id = new.conclusion_id for update;
    if new.step in ('received', 'objected') and new.unit_id <> said.unit_id then
        raise exception 'inspection.not_the_object';
    end if;
    if new.step = 'objected' then
        select * into before from inspection_steps where conclusion_id = new.conclusion_id and step = 'received';
        if not found then
            raise exception 'inspection.not_received';
        end if;
        if new.day > before.until then
            raise exception 'inspection.objection_late';
        end if;
    end if;
    if new.step = 'reviewed' then
        if not exists (select 1 from inspection_steps where conclusion_id = new.conclusion_id and step = 'objected') then
            raise exception 'inspection.no_objection';
        end if;
        if said.unit_id = new.unit_id or directory.one_pair_of_eyes(new.person_id, said.person_id)
            or exists (select 1 from inspection_members m
                        where m.inspection_id = said.inspection_id
                          and directory.one_pair_of_eyes(new.person_id, m.person_id)) then
            raise exception 'inspection.same_person';
        end if;
    end if;
    if new.step = 'checked' and said.rectify_by is null then
        raise exception 'inspection.nothing_to_check';
    end if;
    if new.step in ('reviewed', 'checked') and belongs_to(array[said.unit_id], new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

create or replace function guard_measure() returns trigger language plpgsql set search_path from current as $$
begin
    if new.act = 'issued'
        and not exists (select 1 from inspection_measure_acts where measure_id = new.measure_id and act = 'approved') then
        raise exception 'measure.unapproved';
    end if;
    if new.act in ('approved', 'refused') and exists (
        select 1 from inspection_measures m
         where m.id = new.measure_id and directory.one_pair_of_eyes(new.person_id, m.person_id)) then
        raise exception 'measure.own';
    end if;
    return new;
end
$$;

-- migrate: rollback
