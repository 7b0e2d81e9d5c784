-- Decisions in force: what changes or ends them, suspensions, evaluations
-- depends: 0114_seals

-- migrate: apply

alter table own_texts
  add column kind          text not null default '',
  add column issuer_unit   text not null default '',
  add column drafting_unit text not null default '',
  add column agency_code   text not null default '',
  add column text_hash     text not null default '';

-- Which document in force a new one amends or ends, as its office says while the procedure runs. The newest counts.
create table declared_changes (
    id          bigint generated always as identity primary key,
    round_id    uuid not null references rounds (id),
    document_id uuid not null,
    target_id   uuid not null references own_texts (document_id),
    change      text not null check (change in ('amended', 'ended', 'none')),
    reason      text not null check (reason <> ''),
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp(),
    constraint not_itself check (document_id <> target_id)
);

create index declared_changes_of on declared_changes (document_id, target_id, id desc);
create trigger append_only before update or delete on declared_changes for each row execute function append_only();
create trigger guard_collected before insert on declared_changes for each row execute function guard_collected();

-- What happened to a document in force. 713号第三十七条: it is changed or ended by another document that has run its
-- procedure; the head alone may suspend a major decision, in urgency, and let it go on.
create table standing_acts (
    id           uuid primary key default uuidv7(),
    target_id    uuid not null references own_texts (document_id),
    position     integer not null check (position > 0),
    change       text not null check (change in ('amended', 'ended', 'suspended', 'resumed')),
    by_document  uuid references own_texts (document_id),
    situation    text not null default '',
    urgency      text not null default '',
    reason       text not null check (reason <> ''),
    effective_on date not null,
    person_id    text not null,
    person_name  text not null,
    unit_id      text not null,
    at           timestamptz not null default clock_timestamp(),
    unique (target_id, position),
    unique (target_id, by_document),
    constraint changed_by_a_document check ((change in ('amended', 'ended')) = (by_document is not null)),
    constraint suspended_in_urgency check (
        change <> 'suspended' or (urgency <> '' and situation in ('problem', 'circumstances', 'force_majeure')))
);

create trigger append_only before update or delete on standing_acts for each row execute function append_only();

create function guard_standing() returns trigger language plpgsql set search_path from current as $$
declare
    target own_texts;
    latest text;
begin
    select * into target from own_texts where document_id = new.target_id for update;
    if exists (select 1 from standing_acts where target_id = new.target_id and change = 'ended') then
        raise exception 'standing.ended';
    end if;
    -- A change through the procedure ends the suspension that went before it.
    select change into latest from standing_acts where target_id = new.target_id order by position desc limit 1;
    if new.change in ('suspended', 'resumed') and target.kind <> 'MAJOR_DECISION' then
        raise exception 'standing.not_a_decision';
    end if;
    if new.change = 'suspended' and latest is not distinct from 'suspended' then
        raise exception 'standing.suspended';
    end if;
    if new.change = 'resumed' and latest is distinct from 'suspended' then
        raise exception 'standing.not_suspended';
    end if;
    if new.by_document is not null then
        if (select kind from own_texts where document_id = new.by_document) is distinct from target.kind then
            raise exception 'standing.other_procedure';
        end if;
        if (select change from declared_changes where document_id = new.by_document and target_id = new.target_id
             order by id desc limit 1) is distinct from new.change then
            raise exception 'standing.undeclared';
        end if;
    end if;
    return new;
end
$$;

create trigger guard_standing before insert on standing_acts for each row execute function guard_standing();

-- 713号第三十六条: evaluation after the decision, by a body that did not do the main assessment before it.
create table evaluations (
    id          uuid primary key default uuidv7(),
    document_id uuid not null references own_texts (document_id),
    ground      text not null check (ground in ('short_of_effect', 'many_opinions', 'authority')),
    reason      text not null check (reason <> ''),
    body        text not null check (body <> ''),
    body_unit   text not null default '',
    due_on      date not null,
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp()
);

create index evaluations_of on evaluations (document_id, at);
create trigger append_only before update or delete on evaluations for each row execute function append_only();

create table evaluation_results (
    evaluation_id uuid primary key references evaluations (id),
    outcome       text not null check (outcome in ('keep', 'adjust', 'stop')),
    findings      text not null check (findings <> ''),
    public_views  text not null check (public_views <> ''),
    participants  text not null default '',
    concluded_on  date not null,
    person_id     text not null,
    person_name   text not null,
    at            timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete on evaluation_results for each row execute function append_only();

-- Who did the main assessments of a document, by its signed sheets: the third party of the risk assessment, without one
-- the unit that filed it, and the experts' units.
create function assessed_before(document uuid) returns table (body text, unit text) language sql stable
    set search_path from current as $$
    select btrim(s.record #>> '{details,risk,third_party}'), ''
      from sign_offs s join rounds r on r.id = s.round_id
     where s.document_id = document and r.stage = 'risk_assessment' and r.why = 'decided'
       and btrim(coalesce(s.record #>> '{details,risk,third_party}', '')) <> ''
     union
    select s.unit_name, s.unit_id
      from sign_offs s join rounds r on r.id = s.round_id
     where s.document_id = document and r.stage = 'risk_assessment' and r.why = 'decided' and s.outcome <> 'not_applicable'
       and btrim(coalesce(s.record #>> '{details,risk,third_party}', '')) = ''
     union
    select btrim(one #>> '{expert,unit}'), ''
      from sign_offs s join rounds r on r.id = s.round_id,
           jsonb_array_elements(case when jsonb_typeof(s.record #> '{details,experts}') = 'array'
                                     then s.record #> '{details,experts}' else '[]' end) as one
     where s.document_id = document and r.stage = 'expert_argument' and r.why = 'decided'
$$;

create function guard_evaluation() returns trigger language plpgsql set search_path from current as $$
begin
    if exists (select 1 from assessed_before(new.document_id) a
                where btrim(new.body) = a.body or (new.body_unit <> '' and new.body_unit = a.unit)) then
        raise exception 'evaluation.assessed_before';
    end if;
    return new;
end
$$;

create trigger guard_evaluation before insert on evaluations for each row execute function guard_evaluation();

-- migrate: rollback
