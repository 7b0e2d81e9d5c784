-- Mail: the facts that people are told, and one message for each fact and person
-- depends: 0103_notices

-- migrate: apply

-- Some ten facts a document, with a handful of messages each: a million rows last a province for a decade, so one
-- table each. Rows older than the archive term may be deleted by `told_at`; nothing else refers to them.
create table facts (
    fact        text primary key check (fact <> ''),
    event       text        not null,
    document_id uuid        not null,
    tell        jsonb       not null,
    told_at     timestamptz not null default clock_timestamp()
);

create index facts_newest on facts (told_at desc);

-- No address here: it is looked up in the directory when the mail leaves.
create table messages (
    id         uuid primary key default uuidv7(),
    fact       text        not null references facts (fact),
    person_id  text        not null check (person_id <> ''),
    letter_id  uuid,
    created_at timestamptz not null default clock_timestamp(),
    sent_at    timestamptz,
    constraint messages_once unique (fact, person_id)
);

create index messages_newest on messages (created_at desc, id desc);

-- migrate: rollback
