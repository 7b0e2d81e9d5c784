-- Public notices about consultations
-- depends: 0102_publications

-- migrate: apply

-- Three rows a consultation at most: kept for good, not partitioned. States are never stored; the instants tell.
create table notices (
    key           text primary key check (key <> ''),
    notice        text        not null check (notice in ('window', 'feedback', 'answers')),
    document_id   uuid        not null,
    title         text        not null,
    issuer_unit   text        not null,
    drafting_unit text        not null,
    opens_at      timestamptz,
    closes_at     timestamptz,
    received      integer     check (received >= 0),
    link          text        not null check (link ~ '^/([^/\\]|$)'),
    posted_at     timestamptz not null default clock_timestamp(),
    constraint notices_window_has_its_instants check (
        notice <> 'window' or (opens_at is not null and closes_at is not null and opens_at < closes_at)),
    constraint notices_feedback_has_its_count check (notice <> 'feedback' or received is not null)
);

create index notices_windows on notices (closes_at) where notice = 'window';
create index notices_of_document on notices (document_id, notice);

-- migrate: rollback
