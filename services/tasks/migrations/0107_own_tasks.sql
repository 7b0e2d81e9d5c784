-- The unit that carries a task out accepts nothing of it where another unit supervises
-- depends: 0106_inbox_pages

-- migrate: apply

-- Why this person of that unit may not decide what a unit has proposed or asked for; null when nothing is against it.
create function own_task(proposer text, proposing text, who text, unit text) returns boolean language sql stable as $$
    select who = proposer
        or exists (select 1 from directory.deputies d
                    where (d.deputy_id, d.person_id) in ((who, proposer), (proposer, who)))
        or unit = proposing and exists (select 1 from directory.offices
                                         where role = 'supervisor' and unit_id <> proposing)
$$;

alter table completions add column decided_unit text;
alter table extensions add column decided_unit text;

create function guard_own_completion() returns trigger language plpgsql as $$
begin
    if new.decision is not null and old.decision is null
       and own_task(new.proposed_by, new.proposed_unit, new.decided_by, new.decided_unit) then
        raise exception 'completion.own';
    end if;
    return new;
end
$$;

create function guard_own_extension() returns trigger language plpgsql as $$
begin
    if new.decision is not null and old.decision is null
       and own_task(new.asked_by, new.asked_unit, new.decided_by, new.decided_unit) then
        raise exception 'extension.own';
    end if;
    return new;
end
$$;

create trigger guard_own_completion before update on completions for each row execute function guard_own_completion();
create trigger guard_own_extension before update on extensions for each row execute function guard_own_extension();

-- migrate: rollback
