-- Who drafted a document neither has it evaluated nor cleaned up, nor rules on it, nor says what was replied about it
-- depends: 0122_joint_seals

-- migrate: apply

-- Whether somebody drafted a document, or is today one pair of eyes with somebody who did.
create function drafted(of_document uuid, who text) returns boolean language sql stable set search_path from current as $$
    select exists (select 1 from authors a
                    where a.document_id = of_document and directory.one_pair_of_eyes(who, a.person_id))
$$;

-- For tables about a document in force: `person_id` is who decides.
create function guard_own_document() returns trigger language plpgsql set search_path from current as $$
begin
    if drafted(new.document_id, new.person_id) then
        raise exception 'standing.own';
    end if;
    return new;
end
$$;

create function guard_own_result() returns trigger language plpgsql set search_path from current as $$
begin
    if drafted((select document_id from evaluations where id = new.evaluation_id), new.person_id) then
        raise exception 'standing.own';
    end if;
    return new;
end
$$;

create trigger guard_own_document before insert on evaluations for each row execute function guard_own_document();
create trigger guard_own_document before insert on cleanup_outcomes for each row execute function guard_own_document();
create trigger guard_own_result before insert on evaluation_results for each row execute function guard_own_result();

-- What a committee replied decides whether the step is done: it is entered by whoever may decide the step.
create trigger guard_four_eyes before insert on reports for each row when (new.part = 'report_reply')
    execute function guard_four_eyes('person_id');

-- Nobody rules on a dispute that they, or who is one pair of eyes with them, set out or drafted the text of.
create or replace function guard_ruling() returns trigger language plpgsql as $$
begin
    if drafted((select document_id from rounds where id = new.round_id), new.person_id)
       or exists (select 1 from reports r
                   where r.round_id = new.round_id and r.part = 'dispute'
                     and directory.one_pair_of_eyes(new.person_id, r.person_id)) then
        raise exception 'consultation.own_dispute';
    end if;
    return new;
end
$$;

-- migrate: rollback
