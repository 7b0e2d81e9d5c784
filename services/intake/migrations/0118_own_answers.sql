-- Whoever sent answers round for agreement does not agree to them in somebody's place
-- depends: 0117_hidden_counted

-- migrate: apply

create function guard_answer_words() returns trigger language plpgsql as $$
declare
    sender text := (select shared_by from answer_drafts where id = new.draft_id);
begin
    if new.stance <> 'noted' and (new.person_id = sender or exists (
        select 1 from directory.deputies d
         where (d.deputy_id, d.person_id) in ((new.person_id, sender), (sender, new.person_id)))) then
        raise exception 'agreement.own_draft';
    end if;
    return new;
end
$$;

create trigger guard_answer_words before insert on answer_words for each row execute function guard_answer_words();

-- migrate: rollback
