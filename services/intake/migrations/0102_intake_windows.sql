-- Comment windows, the public's comments, the feedback on them, and the figures of a year.
-- depends: 0101_intake_documents

-- migrate: apply

create table windows (
    id                   uuid primary key,
    document_id          uuid not null references documents (id),
    version              integer not null,
    text_hash            text not null check (length(text_hash) = 64),
    rule_id              text not null,
    opens_at             timestamptz not null,
    closes_at            timestamptz not null,
    closed_at            timestamptz,
    ended_early          boolean not null default false,
    shortening_reason    text,
    notice               jsonb not null,
    reply_to             text not null unique,
    trace                jsonb not null default '{}',
    summary_at           timestamptz,
    answered_at          timestamptz,
    answers_published_at timestamptz,
    foreign key (document_id, version) references versions (document_id, version),
    check (closes_at > opens_at),
    check (closed_at is null or ended_early or closed_at >= closes_at),
    check (summary_at is null or closed_at is not null),
    check (answers_published_at is null or summary_at is not null)
);

create index windows_due on windows (closes_at) where closed_at is null;
create index windows_of_document on windows (document_id, opens_at);
create index windows_newest on windows (opens_at desc, id desc);

create function windows_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('windows', tg_table_schema);
    return null;
end
$$;

create trigger windows_wake after insert or update of closes_at on windows
   for each statement execute function windows_wake();

create table window_changes (
    window_id      uuid not null references windows (id),
    ordinal        integer not null check (ordinal >= 1),
    changed_at     timestamptz not null default clock_timestamp(),
    changed_by     text not null,
    from_closes_at timestamptz not null,
    to_closes_at   timestamptz not null,
    reason         text not null check (btrim(reason) <> ''),
    primary key (window_id, ordinal),
    check (to_closes_at > from_closes_at)
);

create trigger window_changes_stay before update or delete on window_changes
   for each row execute function record_stays();

-- The largest table. Every query goes by window or by receipt, old windows are cold pages, and a million rows cost
-- 0.5 GB, so one table serves until tens of millions; then it is partitioned by range of id (ids grow with time).
-- Bodies stay with the file of their document; personal data lies apart, in comment_contacts, and is purged.
create table comments (
    id           uuid primary key,
    window_id    uuid not null references windows (id),
    receipt      text not null unique check (length(receipt) = 24),
    channel      text not null check (channel in ('web', 'api', 'letter', 'fax', 'phone', 'email', 'visit')),
    clause       text not null default '' check (length(clause) <= 100),
    body         text not null check (btrim(body) <> '' and length(body) <= 5000),
    body_hash    text not null check (length(body_hash) = 64),
    likeness     text not null check (length(likeness) = 64),
    received_at  timestamptz not null,
    text_version integer not null,
    entered_by   text,
    entered_at   timestamptz,
    withdrawn_at timestamptz,
    check ((channel in ('web', 'api')) = (entered_by is null)),
    check ((entered_by is null) = (entered_at is null)),
    check (entered_at is null or received_at <= entered_at)
);

create index comments_of_window on comments (window_id, id);
create index comments_alike on comments (window_id, likeness);

create function comments_keep_their_words() returns trigger language plpgsql as $$
begin
    if (new.window_id, new.receipt, new.channel, new.clause, new.body, new.received_at, new.text_version)
       is distinct from
       (old.window_id, old.receipt, old.channel, old.clause, old.body, old.received_at, old.text_version) then
        raise exception 'a comment keeps its words' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create trigger comments_keep_their_words before update on comments
   for each row execute function comments_keep_their_words();

create trigger comments_stay before delete on comments
   for each row execute function record_stays();

-- Personal data, optional. Purged after the answers are published, by the office's retention rule (privacy law, 19, 47).
create table comment_contacts (
    comment_id uuid primary key references comments (id),
    name       text check (length(name) <= 100),
    contact    text check (length(contact) <= 200),
    check (name is not null or contact is not null)
);

-- Only that somebody came late, and how: no words and no person. Goes with the window's file.
create table late_attempts (
    window_id uuid not null references windows (id),
    at        timestamptz not null default clock_timestamp(),
    channel   text not null
);

create index late_attempts_of_window on late_attempts (window_id, at);

create table feedback_summaries (
    window_id    uuid primary key references windows (id),
    summary_hash text not null check (length(summary_hash) = 64),
    received     integer not null check (received >= 0),
    late         integer not null check (late >= 0),
    recorded_at  timestamptz not null default clock_timestamp()
);

create trigger feedback_summaries_stay before update or delete on feedback_summaries
   for each row execute function record_stays();

create table answers (
    comment_id  uuid primary key references comments (id),
    window_id   uuid not null references windows (id),
    disposition text not null check (disposition in ('adopted', 'partly', 'not_adopted')),
    reason      text not null default '' check (length(reason) <= 5000),
    clause      text not null default '' check (length(clause) <= 100),
    answered_by text not null,
    answered_at timestamptz not null default clock_timestamp(),
    constraint reason_where_not_adopted check (disposition = 'adopted' or btrim(reason) <> '')
);

create index answers_of_window on answers (window_id, disposition);

create function published_answers_stay() returns trigger language plpgsql as $$
begin
    if exists (select 1 from windows
                where id = coalesce(old.window_id, new.window_id) and answers_published_at is not null) then
        raise exception 'published answers stay as they are' using errcode = 'integrity_constraint_violation';
    end if;
    return coalesce(new, old);
end
$$;

create trigger published_answers_stay before insert or update or delete on answers
   for each row execute function published_answers_stay();

create table kept_figures (
    issuer_unit  text not null,
    year         integer not null,
    content_hash text not null check (length(content_hash) = 64),
    kept_at      timestamptz not null default clock_timestamp(),
    primary key (issuer_unit, year, content_hash)
);

-- migrate: rollback
