-- The yearly catalogue of major decisions: its matters with every adjustment, its publication, the documents of each matter.
-- depends: 0111_sessions

-- migrate: apply

-- Some dozens of matters a year; what changes is added as the next revision, never written over.
create table catalogue_entries (
    id          uuid primary key default uuidv7(),
    issuer_unit text not null,
    year        integer not null check (year between 2000 and 2200)
);

create index catalogue_entries_of on catalogue_entries (issuer_unit, year);
create trigger append_only before update or delete on catalogue_entries for each row execute function append_only();

create table catalogue_revisions (
    entry_id    uuid not null references catalogue_entries (id),
    revision    integer not null check (revision > 0),
    matter      text not null check (matter <> ''),
    unit_id     text not null,
    planned_on  date not null,
    procedures  text[] not null,
    state       text not null check (state in ('planned', 'postponed', 'dropped')),
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp(),
    primary key (entry_id, revision),
    constraint adjusted_with_reason check (revision = 1 or reason <> '')
);

create trigger append_only before update or delete on catalogue_revisions for each row execute function append_only();

-- 713号第三条: published with the consent of the Party committee of the same level.
create table catalogue_publications (
    issuer_unit  text not null,
    year         integer not null,
    consent_by   text not null check (consent_by <> ''),
    consent_on   date not null,
    consent_no   text not null default '',
    person_id    text not null,
    person_name  text not null,
    published_at timestamptz not null default clock_timestamp(),
    primary key (issuer_unit, year)
);

create trigger append_only before update or delete on catalogue_publications for each row execute function append_only();

-- Which matter a document carries out, or why it was begun outside the catalogue. The newest of a round counts.
create table catalogue_links (
    id          bigint generated always as identity primary key,
    round_id    uuid not null references rounds (id),
    document_id uuid not null,
    entry_id    uuid references catalogue_entries (id),
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp(),
    constraint inside_or_with_reason check (entry_id is not null or reason <> '')
);

create index catalogue_links_of on catalogue_links (document_id, id);
create index catalogue_links_to on catalogue_links (entry_id);
create trigger append_only before update or delete on catalogue_links for each row execute function append_only();

-- migrate: rollback
