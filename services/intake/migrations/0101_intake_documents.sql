-- Documents, their versions and attachments, the stages they have reached, and the dossier.
-- depends:

-- migrate: apply

create sequence document_receipts;

create table documents (
    id               uuid primary key,
    receipt          text not null unique,
    kind             text not null check (kind in ('NORMATIVE', 'MAJOR_DECISION', 'WORK_PLAN', 'ANNUAL_REPORT')),
    title            text not null check (title <> '' and length(title) <= 300),
    issuer_unit      text not null check (issuer_unit <> ''),
    drafting_unit    text not null check (drafting_unit <> ''),
    agency_code      text not null check (agency_code <> '' and length(agency_code) <= 40),
    submitter        text not null,
    predicates       jsonb not null default '{}',
    comment_plan     jsonb not null default '{}',
    rule_book        text not null check (length(rule_book) = 64),
    overlays         text[] not null default '{}',
    state            text not null default 'submitted',
    stage            text not null default 'drafting',
    accepts_versions boolean not null default true,
    blocked_codes    text[] not null default '{}',
    doc_number       text,
    report_year      integer,
    trace            jsonb not null default '{}',
    submitted_at     timestamptz not null default clock_timestamp(),
    withdrawn_at     timestamptz,
    check ((kind = 'ANNUAL_REPORT') or report_year is null)
);

create index documents_of_unit on documents (drafting_unit, submitted_at desc, id desc);
create index documents_of_kind on documents (issuer_unit, kind, submitted_at);
create unique index one_report_a_year on documents (issuer_unit, report_year)
 where report_year is not null and withdrawn_at is null;

create table versions (
    document_id    uuid not null references documents (id),
    version        integer not null check (version >= 1),
    text_hash      text not null check (length(text_hash) = 64),
    materials_hash text not null check (length(materials_hash) = 64),
    structure_hash text not null check (length(structure_hash) = 64),
    task_count     integer not null default 0 check (task_count >= 0),
    characters     integer not null check (characters > 0),
    file_hash      text check (length(file_hash) = 64),
    file_name      text,
    media_type     text not null,
    change_note    text not null default '',
    submitted_by   text not null,
    submitted_at   timestamptz not null default clock_timestamp(),
    primary key (document_id, version)
);

create index versions_of_text on versions (document_id, text_hash);

create table attachments (
    document_id  uuid not null,
    version      integer not null,
    position     integer not null check (position >= 1),
    role         text not null check (role <> ''),
    name         text not null,
    content_hash text not null check (length(content_hash) = 64),
    size         bigint not null check (size > 0),
    media_type   text not null,
    primary key (document_id, version, position),
    foreign key (document_id, version) references versions (document_id, version)
);

create table stages (
    document_id uuid not null references documents (id),
    stage       text not null,
    ordinal     integer not null check (ordinal >= 1),
    opened_at   timestamptz,
    closed_at   timestamptz,
    outcome     text,
    text_hash   text not null,
    actor_id    text,
    record_hash text,
    rule_id     text,
    due         jsonb,
    codes       text[] not null default '{}',
    primary key (document_id, stage, ordinal)
);

-- The legal record. Unbounded, but slow: some 40 entries for a document, so it is not partitioned. It is kept for as
-- long as the file is (PROCEDURE 10.3: handed over after ten years) and leaves only as a whole exported dossier.
create table dossier_entries (
    document_id uuid not null references documents (id),
    position    integer not null check (position >= 1),
    key         text not null check (key <> ''),
    part        smallint not null check (part between 1 and 19),
    type        text not null check (type <> ''),
    stage       text not null,
    ordinal     integer not null check (ordinal >= 1),
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    actor       jsonb not null,
    text_hash   text,
    record_hash text,
    rule_id     text,
    article     text,
    detail      jsonb not null,
    prev_hash   text not null check (prev_hash ~ '^[0-9a-f]{64}$'),
    entry_hash  text not null check (entry_hash ~ '^[0-9a-f]{64}$'),
    primary key (document_id, position),
    unique (document_id, key)
);

create function dossier_continues() returns trigger language plpgsql as $$
declare
    last_position integer;
    last_hash     text;
begin
    perform 1 from documents where id = new.document_id for no key update;
    select position, entry_hash into last_position, last_hash
      from dossier_entries where document_id = new.document_id order by position desc limit 1;
    if new.position <> coalesce(last_position, 0) + 1 or new.prev_hash <> coalesce(last_hash, repeat('0', 64)) then
        raise exception 'the dossier of % continues after position %', new.document_id, coalesce(last_position, 0)
              using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

create trigger dossier_continues before insert on dossier_entries
   for each row execute function dossier_continues();

create function record_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the record is append-only: % on % is refused', tg_op, tg_table_name
          using errcode = 'integrity_constraint_violation';
end
$$;

create trigger dossier_stays before update or delete on dossier_entries
   for each row execute function record_stays();

create trigger dossier_stays_whole before truncate on dossier_entries
   for each statement execute function record_stays();

create trigger versions_stay before update or delete on versions
   for each row execute function record_stays();

create trigger attachments_stay before update or delete on attachments
   for each row execute function record_stays();

-- migrate: rollback
