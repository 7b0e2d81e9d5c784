-- The clause that a mail means, as the machine read it and staff corrected it; mails sent once more; files on their way in.
-- depends: 0114_lines_counted

-- migrate: apply

-- Of every mailed opinion, once and then for each correction. Null in `set_by`: the machine.
create table comment_clauses (
    comment_id uuid not null references comments (id),
    window_id  uuid not null references windows (id),
    ordinal    integer not null check (ordinal >= 1),
    clause     text not null check (length(clause) <= 100),
    set_by     text,
    set_at     timestamptz not null default clock_timestamp(),
    primary key (comment_id, ordinal),
    check ((ordinal = 1) = (set_by is null))
);

create index comment_clauses_of_window on comment_clauses (window_id, comment_id);

create trigger comment_clauses_stay before update or delete on comment_clauses
   for each row execute function record_stays();

-- What is counted and sealed keeps its clause.
create function comment_clauses_in_time() returns trigger language plpgsql as $$
begin
    if exists (select 1 from feedback_summaries where window_id = new.window_id) then
        raise exception 'the result is recorded' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create trigger comment_clauses_in_time before insert on comment_clauses
   for each row when (new.ordinal > 1) execute function comment_clauses_in_time();

create or replace function comments_keep_their_words() returns trigger language plpgsql as $$
begin
    if (new.id, new.window_id, new.receipt, new.channel, new.body, new.body_hash, new.received_at,
        new.text_version, new.entered_by, new.entered_at)
       is distinct from
       (old.id, old.window_id, old.receipt, old.channel, old.body, old.body_hash, old.received_at,
        old.text_version, old.entered_by, old.entered_at) then
        raise exception 'a comment keeps its words' using errcode = 'integrity_constraint_violation';
    end if;
    if new.clause is distinct from old.clause and new.clause is distinct from
       (select c.clause from comment_clauses c where c.comment_id = new.id order by c.ordinal desc limit 1) then
        raise exception 'a comment keeps the clause that its author chose' using errcode = 'integrity_constraint_violation';
    end if;
    if old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'a comment that was withdrawn stays so' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

-- From when the patience with a mail is counted: its making, or the last time that somebody had it sent once more.
alter table commenter_mails add column retried_at timestamptz;

create index commenter_mails_undelivered on commenter_mails (window_id) where failed is not null or bounced_at is not null;

create table mail_retries (
    mail_id   uuid not null,
    window_id uuid not null references windows (id),
    was       text not null check (was in ('failed', 'bounced')),
    asked_by  text not null,
    asked_at  timestamptz not null default clock_timestamp()
);

create index mail_retries_of_mail on mail_retries (mail_id);

create trigger mail_retries_stay before update or delete on mail_retries
   for each row execute function record_stays();

-- Files that came with comments lie in a room of their own. What no comment that was taken refers to is collected.
create table comment_files (
    content_hash text primary key check (length(content_hash) = 64),
    kept_at      timestamptz not null default clock_timestamp()
);

create index comment_files_by_age on comment_files (kept_at);
create index comment_attachments_by_hash on comment_attachments (content_hash);

-- migrate: rollback
