-- What was announced, and what people were told, stays on record
-- depends: 0109_number_authors

-- migrate: apply

create trigger notices_are_kept before delete on notices for each row execute function refuse_change();
create trigger facts_are_kept before delete or update on facts for each row execute function refuse_change();
create trigger messages_are_kept before delete on messages for each row execute function refuse_change();

-- migrate: rollback
