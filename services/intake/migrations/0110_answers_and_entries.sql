-- Answers by group or opinion with their revisions, drafts of answers shared inside, the table as published, sheets.
-- depends: 0109_grouping

-- migrate: apply

-- Each act of answering is one revision of its window: who answers says which one they saw, so that two people do not
-- write over each other.
alter table windows add column answers_revision integer not null default 0 check (answers_revision >= 0);

alter table answers
  add column own      boolean not null default true,
  add column revision integer not null default 1 check (revision >= 1);

comment on column answers.own is 'given to this opinion; false where it came with its group, over which an own one goes';

create table answer_reasons (
    id          uuid primary key,
    window_id   uuid not null references windows (id),
    name        text not null check (btrim(name) <> '' and length(name) <= 100),
    disposition text not null check (disposition in ('adopted', 'partly', 'not_adopted')),
    reason      text not null check (btrim(reason) <> '' and length(reason) <= 5000),
    made_by     text not null,
    made_at     timestamptz not null default clock_timestamp(),
    retired_at  timestamptz
);

create index answer_reasons_of_window on answer_reasons (window_id, made_at);

-- A draft of answers that was shared for agreement: to whom, and what they said about which revision.
create table answer_drafts (
    id         uuid primary key,
    window_id  uuid not null references windows (id),
    ordinal    integer not null check (ordinal >= 1),
    revision   integer not null check (revision >= 0),
    note       text not null default '' check (length(note) <= 2000),
    shared_by  text not null,
    shared_at  timestamptz not null default clock_timestamp(),
    unique (window_id, ordinal)
);

create trigger answer_drafts_stay before update or delete on answer_drafts
   for each row execute function record_stays();

create table answer_readers (
    draft_id  uuid not null references answer_drafts (id),
    unit_id   text not null default '',
    person_id text not null default '',
    decides   boolean not null default false,
    primary key (draft_id, unit_id, person_id),
    check ((unit_id = '') <> (person_id = ''))
);

create index answer_readers_person on answer_readers (person_id) where person_id <> '';
create index answer_readers_unit on answer_readers (unit_id) where unit_id <> '';

create trigger answer_readers_stay before update or delete on answer_readers
   for each row execute function record_stays();

create table answer_words (
    draft_id  uuid not null references answer_drafts (id),
    ordinal   integer not null check (ordinal >= 1),
    person_id text not null,
    unit_id   text not null,
    stance    text not null check (stance in ('agrees', 'objects', 'noted')),
    words     text not null default '' check (length(words) <= 2000),
    revision  integer not null check (revision >= 0),
    said_at   timestamptz not null default clock_timestamp(),
    primary key (draft_id, ordinal),
    check (stance = 'agrees' or btrim(words) <> '')
);

comment on column answer_words.stance is 'noted: the drafting unit goes on over what was objected, with its reason';

create trigger answer_words_stay before update or delete on answer_words
   for each row execute function record_stays();

-- The opinions table as it was published. The words stay in comments: here is who was answered how.
create table opinion_tables (
    window_id    uuid primary key references windows (id),
    table_hash   text not null check (length(table_hash) = 64),
    lines        integer not null check (lines >= 0),
    published_at timestamptz not null default clock_timestamp()
);

create trigger opinion_tables_stay before update or delete on opinion_tables
   for each row execute function record_stays();

create table opinion_lines (
    window_id   uuid not null references windows (id),
    position    integer not null check (position >= 1),
    key         text not null,
    name        text not null default '',
    comment_id  uuid not null references comments (id),
    size        integer not null check (size >= 1),
    disposition text not null check (disposition in ('adopted', 'partly', 'not_adopted')),
    reason      text not null,
    clause      text not null,
    primary key (window_id, position)
);

create trigger opinion_lines_stay before update or delete on opinion_lines
   for each row execute function record_stays();

-- A sheet that was uploaded and not yet confirmed. It may hold names: its rows go when it is applied, or after a day.
create table sheet_previews (
    id           uuid primary key,
    window_id    uuid not null references windows (id),
    kind         text not null check (kind in ('answers', 'entries')),
    content_hash text not null check (length(content_hash) = 64),
    name         text not null check (length(name) <= 200),
    rows         jsonb,
    revision     integer not null check (revision >= 0),
    made_by      text not null,
    made_at      timestamptz not null default clock_timestamp(),
    applied_at   timestamptz,
    outcome      jsonb,
    check ((applied_at is null) = (outcome is null)),
    check (applied_at is null or rows is null)
);

create index sheet_previews_waiting on sheet_previews (made_at) where rows is not null;

-- Letters, faxes, calls and visits that staff entered from one sheet: all of its rows or none.
create table entry_batches (
    id           uuid primary key,
    window_id    uuid not null references windows (id),
    content_hash text not null check (length(content_hash) = 64),
    name         text not null check (length(name) <= 200),
    entered_by   text not null,
    entered_at   timestamptz not null default clock_timestamp(),
    unique (window_id, content_hash)
);

create trigger entry_batches_stay before update or delete on entry_batches
   for each row execute function record_stays();

create table entry_rows (
    batch_id   uuid not null references entry_batches (id),
    row        integer not null check (row >= 2),
    comment_id uuid not null unique references comments (id),
    primary key (batch_id, row)
);

create trigger entry_rows_stay before update or delete on entry_rows
   for each row execute function record_stays();

-- migrate: rollback
