-- Government inspection: approved matter and plan, members, findings, conclusions, objections, measures
-- depends: 0103_verbs

-- migrate: apply

-- Some dozens a year; nothing is written over.
create table inspections (
    id            uuid primary key default uuidv7(),
    unit_id       text not null,
    matter        text not null check (matter <> ''),
    source        text not null check (source in ('decision', 'instruction', 'proposal')),
    source_words  text not null check (source_words <> ''),
    method        text not null check (method <> ''),
    starts_on     date not null,
    ends_on       date not null,
    person_id     text not null,
    person_name   text not null,
    proposed_at   timestamptz not null default clock_timestamp(),
    constraint inspection_has_days check (starts_on <= ends_on)
);

-- The plan's scope: what is looked at, and with whom. It is fixed with the plan that is approved.
create table inspection_scope (
    inspection_id uuid not null references inspections (id),
    item          text not null check (item <> ''),
    primary key (inspection_id, item)
);

create table inspection_objects (
    inspection_id uuid not null references inspections (id),
    unit_id       text not null,
    primary key (inspection_id, unit_id)
);

create table inspection_approvals (
    inspection_id uuid primary key references inspections (id),
    approved      boolean not null,
    words         text not null check (words <> ''),
    person_id     text not null,
    person_name   text not null,
    unit_id       text not null,
    decided_at    timestamptz not null default clock_timestamp()
);

-- Who inspects; `ended` says that somebody recused themselves or was recused, with the reason.
create table inspection_members (
    inspection_id uuid not null references inspections (id),
    person_id     text not null,
    person_name   text not null,
    unit_id       text not null,
    by_id         text not null,
    at            timestamptz not null default clock_timestamp(),
    primary key (inspection_id, person_id)
);

create table inspection_recusals (
    inspection_id uuid not null,
    person_id     text not null,
    reason        text not null check (reason <> ''),
    by_id         text not null,
    at            timestamptz not null default clock_timestamp(),
    primary key (inspection_id, person_id),
    foreign key (inspection_id, person_id) references inspection_members (inspection_id, person_id)
);

create table inspection_findings (
    id            uuid primary key default uuidv7(),
    inspection_id uuid not null,
    unit_id       text not null,
    item          text not null,
    finding       text not null check (finding <> ''),
    person_id     text not null,
    person_name   text not null,
    at            timestamptz not null default clock_timestamp(),
    -- 政府督查工作条例第十五条: the scope is never widened.
    constraint finding_within_scope foreign key (inspection_id, item) references inspection_scope (inspection_id, item),
    constraint finding_within_objects foreign key (inspection_id, unit_id)
        references inspection_objects (inspection_id, unit_id)
);

create index inspection_findings_of on inspection_findings (inspection_id, at);

create table inspection_conclusions (
    id            uuid primary key default uuidv7(),
    inspection_id uuid not null,
    unit_id       text not null,
    words         text not null check (words <> ''),
    rectify_by    date,
    person_id     text not null,
    person_name   text not null,
    at            timestamptz not null default clock_timestamp(),
    unique (inspection_id, unit_id),
    foreign key (inspection_id, unit_id) references inspection_objects (inspection_id, unit_id)
);

-- What follows a conclusion, each once: received by the object, objected to, reviewed, its rectification checked.
-- `until` is the last day of what the step sets going: of an objection once received, of a review once objected.
create table inspection_steps (
    conclusion_id uuid not null references inspection_conclusions (id),
    step          text not null check (step in ('received', 'objected', 'reviewed', 'checked')),
    outcome       text check (outcome in ('upheld', 'changed', 'withdrawn', 'done', 'not_done')),
    words         text not null default '',
    day           date not null,
    until         date,
    person_id     text not null,
    person_name   text not null,
    unit_id       text not null,
    at            timestamptz not null default clock_timestamp(),
    primary key (conclusion_id, step),
    constraint step_sets_a_day check ((step in ('received', 'objected')) = (until is not null)),
    constraint step_has_its_outcome check (case step when 'reviewed' then outcome in ('upheld', 'changed', 'withdrawn')
        when 'checked' then outcome in ('done', 'not_done') else outcome is null end is true),
    constraint step_has_words check (step = 'received' or words <> '')
);

-- 通报、表扬、问责建议 (第二十一条): proposed, then approved by the government or its head, then issued.
create table inspection_measures (
    id            uuid primary key default uuidv7(),
    inspection_id uuid not null,
    unit_id       text not null,
    kind          text not null check (kind in ('praise', 'criticism', 'accountability')),
    words         text not null check (words <> ''),
    person_id     text not null,
    person_name   text not null,
    at            timestamptz not null default clock_timestamp(),
    foreign key (inspection_id, unit_id) references inspection_objects (inspection_id, unit_id)
);

create table inspection_measure_acts (
    measure_id  uuid not null references inspection_measures (id),
    act         text not null check (act in ('approved', 'refused', 'issued')),
    words       text not null default '',
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    at          timestamptz not null default clock_timestamp(),
    primary key (measure_id, act)
);

create unique index inspection_measures_decided_once on inspection_measure_acts (measure_id)
    where act in ('approved', 'refused');

do $$
declare
    name text;
begin
    foreach name in array array['inspections', 'inspection_scope', 'inspection_objects', 'inspection_approvals',
        'inspection_members', 'inspection_recusals', 'inspection_findings', 'inspection_conclusions',
        'inspection_steps', 'inspection_measures', 'inspection_measure_acts'] loop
        execute format('create trigger %I before update or delete on %I for each row execute function refuse_change()',
                       name || '_stay', name);
    end loop;
end
$$;

create function inspection_is_approved(asked uuid) returns boolean language sql stable set search_path from current as $$
    select exists (select 1 from inspection_approvals where inspection_id = asked and approved)
$$;

create function guard_plan() returns trigger language plpgsql set search_path from current as $$
begin
    perform 1 from inspections where id = new.inspection_id for update;
    if exists (select 1 from inspection_approvals where inspection_id = new.inspection_id) then
        raise exception 'inspection.widened';
    end if;
    return new;
end
$$;

create trigger guard_plan before insert on inspection_scope for each row execute function guard_plan();
create trigger guard_plan before insert on inspection_objects for each row execute function guard_plan();

create function guard_approval() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select 1 from inspections where id = new.inspection_id and person_id = new.person_id) then
        raise exception 'inspection.own_proposal';
    end if;
    return new;
end
$$;

create trigger guard_approval before insert on inspection_approvals for each row execute function guard_approval();

create function guard_member() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select 1 from inspection_objects where inspection_id = new.inspection_id and unit_id = new.unit_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

create trigger guard_member before insert on inspection_members for each row execute function guard_member();

-- Findings and conclusions come from members of an approved inspection who have not been recused.
create function guard_inspecting() returns trigger language plpgsql set search_path from current as $$
begin
    if not inspection_is_approved(new.inspection_id) then
        raise exception 'inspection.unapproved';
    end if;
    if exists (select 1 from inspection_recusals where inspection_id = new.inspection_id and person_id = new.person_id)
        or not exists (select 1 from inspection_members
                        where inspection_id = new.inspection_id and person_id = new.person_id) then
        raise exception 'inspection.not_a_member';
    end if;
    return new;
end
$$;

create trigger guard_inspecting before insert on inspection_findings
    for each row execute function guard_inspecting();
create trigger guard_inspecting before insert on inspection_conclusions
    for each row execute function guard_inspecting();

create function guard_step() returns trigger language plpgsql set search_path from current as $$
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
        if said.person_id = new.person_id or said.unit_id = new.unit_id
            or exists (select 1 from inspection_members
                        where inspection_id = said.inspection_id and person_id = new.person_id) then
            raise exception 'inspection.same_person';
        end if;
    end if;
    if new.step = 'checked' and said.rectify_by is null then
        raise exception 'inspection.nothing_to_check';
    end if;
    return new;
end
$$;

create trigger guard_step before insert on inspection_steps for each row execute function guard_step();

create function guard_measure() returns trigger language plpgsql set search_path from current as $$
begin
    if new.act = 'issued'
        and not exists (select 1 from inspection_measure_acts where measure_id = new.measure_id and act = 'approved') then
        raise exception 'measure.unapproved';
    end if;
    if new.act in ('approved', 'refused')
        and exists (select 1 from inspection_measures where id = new.measure_id and person_id = new.person_id) then
        raise exception 'measure.own';
    end if;
    return new;
end
$$;

create trigger guard_measure before insert on inspection_measure_acts for each row execute function guard_measure();

-- migrate: rollback
