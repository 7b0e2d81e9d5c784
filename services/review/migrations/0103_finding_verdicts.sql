-- What people say of the things that the machine noticed in a text: yes, it is so; or no.
-- depends: 0102_meetings

-- migrate: apply

-- A finding is named by the SHA-256 of its check and its sentence, so that a verdict holds for the same sentence in the
-- next version. The newest row counts; the others are the history. Slow growth: some tens for a document.
create table finding_verdicts (
    id          bigint generated always as identity primary key,
    document_id uuid not null,
    round_id    uuid not null references rounds (id),
    finding     text not null check (finding ~ '^[0-9a-f]{64}$'),
    code        text not null check (code <> ''),
    sentence    text not null,
    holds       boolean not null,
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    said_at     timestamptz not null default clock_timestamp()
);

create index finding_verdicts_of_document on finding_verdicts (document_id, finding, id);

create trigger append_only before update or delete on finding_verdicts for each row execute function append_only();

-- migrate: rollback
