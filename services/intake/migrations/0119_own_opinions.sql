-- Who drafted a document hides no opinion about it; nor who is one pair of eyes with them
-- depends: 0118_own_answers

-- migrate: apply

-- Whether somebody handed in a text of the window's document, or is today one pair of eyes with somebody who did.
create function own_window(of_window uuid, who text) returns boolean language sql stable set search_path from current as $$
    select exists (select 1 from windows w join versions v on v.document_id = w.document_id
                    where w.id = of_window and directory.one_pair_of_eyes(who, v.submitted_by))
$$;

-- Showing again takes nothing from the public.
create function guard_hiding() returns trigger language plpgsql set search_path from current as $$
begin
    if new.act = 'hidden' and own_window(new.window_id, new.acted_by) then
        raise exception 'moderation.own';
    end if;
    return new;
end
$$;

create trigger guard_hiding before insert on moderation_acts for each row execute function guard_hiding();

create or replace function guard_answer_words() returns trigger language plpgsql set search_path from current as $$
declare
    sender text := (select shared_by from answer_drafts where id = new.draft_id);
begin
    if new.stance <> 'noted' and directory.one_pair_of_eyes(new.person_id, sender) then
        raise exception 'agreement.own_draft';
    end if;
    return new;
end
$$;

-- migrate: rollback
