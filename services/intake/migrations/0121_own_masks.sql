-- Who drafted a document covers no words of an opinion that nobody else, and no machine, has found to be personal
-- depends: 0120_kept

-- migrate: apply

create function guard_covering() returns trigger language plpgsql set search_path from current as $$
begin
    if new.decided_by is not null and own_window(new.window_id, new.decided_by)
       and not exists (select 1 from comment_masks m
                        where (m.comment_id, m.start_at, m.end_at) = (new.comment_id, new.start_at, new.end_at)) then
        raise exception 'masking.own';
    end if;
    return new;
end
$$;

create trigger guard_covering before insert on comment_masks for each row execute function guard_covering();

-- migrate: rollback
