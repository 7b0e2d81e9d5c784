-- Seals: one Merkle tree over all comments of a closed window, its root in the dossier, and what is sealed stays.
-- depends: 0107_contacts_apart

-- migrate: apply

-- One row for each time a window was summarised; the tree lies in the content store.
create table comment_seals (
    window_id      uuid not null references windows (id),
    ordinal        integer not null check (ordinal >= 1),
    root           text not null check (root ~ '^[0-9a-f]{64}$'),
    size           integer not null check (size >= 0),
    statement_hash text not null check (length(statement_hash) = 64),
    tree_hash      text not null check (length(tree_hash) = 64),
    last_comment   uuid check ((last_comment is null) = (size = 0)),
    sealed_at      timestamptz not null default clock_timestamp(),
    primary key (window_id, ordinal),
    foreign key (window_id, ordinal) references feedback_summaries (window_id, ordinal) deferrable initially deferred
);

create trigger comment_seals_stay before update or delete on comment_seals
   for each row execute function record_stays();

-- Everything that is sealed of a comment is kept from its first moment.
create or replace function comments_keep_their_words() returns trigger language plpgsql as $$
begin
    if (new.id, new.window_id, new.receipt, new.channel, new.clause, new.body, new.body_hash, new.received_at,
        new.text_version, new.entered_by, new.entered_at)
       is distinct from
       (old.id, old.window_id, old.receipt, old.channel, old.clause, old.body, old.body_hash, old.received_at,
        old.text_version, old.entered_by, old.entered_at) then
        raise exception 'a comment keeps its words' using errcode = 'integrity_constraint_violation';
    end if;
    if old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'a comment that was withdrawn stays so' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create function sealed_comments_take_no_files() returns trigger language plpgsql as $$
begin
    if exists (select 1 from comments c join comment_seals s on s.window_id = c.window_id
                where c.id = new.comment_id and s.last_comment >= c.id) then
        raise exception 'a sealed comment takes no more files' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create trigger sealed_comments_take_no_files before insert on comment_attachments
   for each row execute function sealed_comments_take_no_files();

-- migrate: rollback
