-- Legality review: structured opinions and their answers, completeness, counsel, the opinion letter, precedents
-- depends: 0109_experts

-- migrate: apply

-- What the workflow knows of the document: the questions answered yes, and the text that the public saw.
alter table rounds add column grounds text[] not null default '{}';
alter table rounds add column public_version integer;
alter table rounds add column public_hash text;
alter table rounds add check ((public_version is null) = (public_hash is null));

-- `anchor` is the clause's place in the text, `quoted` its words when the point was raised, `proposed` other words for it.
alter table opinion_points add column anchor text not null default '';
alter table opinion_points add column quoted text not null default '';
alter table opinion_points add column proposed text not null default '';

create or replace function keep_point() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.handling is not null
       or (new.id, new.round_id, new.position, new.clause, new.nature, new.text, new.basis, new.anchor, new.quoted,
           new.proposed)
          is distinct from (old.id, old.round_id, old.position, old.clause, old.nature, old.text, old.basis, old.anchor,
           old.quoted, old.proposed) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

-- What the drafting office made of a point. The newest row counts; the others are the history.
create table point_answers (
    id          bigint generated always as identity primary key,
    point_id    uuid not null references opinion_points (id),
    adoption    text not null check (adoption in ('adopted', 'partly', 'not_adopted')),
    words       text not null check (words <> ''),
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    said_at     timestamptz not null default clock_timestamp()
);

create index point_answers_of on point_answers (point_id, id);

-- Who reviewed what they did not draft answers nothing; who drafted answers: 713号第二十八条, and a settled point stays.
create function guard_answer() returns trigger language plpgsql as $$
begin
    if exists (select 1 from opinion_points where id = new.point_id and handling is not null) then
        raise exception 'point.settled';
    end if;
    if not exists (select 1 from opinion_points p join rounds r on r.id = p.round_id
                    where p.id = new.point_id and r.drafting_unit = new.unit_id and r.closed_at is not null) then
        raise exception 'point.unknown';
    end if;
    return new;
end
$$;

create trigger guard_answer before insert on point_answers for each row execute function guard_answer();
create trigger append_only before update or delete on point_answers for each row execute function append_only();

-- What the reviewer found of each paper that the stage asks for. The newest row of a paper counts.
create table material_checks (
    id          bigint generated always as identity primary key,
    round_id    uuid not null references rounds (id),
    material    text not null check (material <> ''),
    state       text not null check (state in ('present', 'missing', 'not_applicable')),
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    said_at     timestamptz not null default clock_timestamp(),
    constraint not_needed_has_a_reason check (state <> 'not_applicable' or reason <> '')
);

create index material_checks_of on material_checks (round_id, material, id);
create trigger append_only before update or delete on material_checks for each row execute function append_only();

-- 受理: the papers are complete and the review begins.
create table acceptances (
    round_id    uuid primary key references rounds (id),
    person_id   text not null,
    person_name text not null,
    accepted_at timestamptz not null
);

create trigger append_only before update or delete on acceptances for each row execute function append_only();

-- No legality opinion without acceptance, whoever writes it; what is not complete is returned.
create function guard_acceptance() returns trigger language plpgsql as $$
begin
    if new.outcome not in ('return_procedure', 'not_applicable')
       and exists (select 1 from rounds where id = new.round_id and form = 'legality')
       and not exists (select 1 from acceptances where round_id = new.round_id) then
        raise exception 'legality.not_accepted';
    end if;
    return new;
end
$$;

create trigger guard_acceptance before insert on sign_offs for each row execute function guard_acceptance();

-- The drafting office on each kind of forbidden content, about the text that lay in the round. The newest row of an item counts.
create table checklist_answers (
    id          bigint generated always as identity primary key,
    document_id uuid not null,
    round_id    uuid not null references rounds (id),
    item        text not null check (item <> ''),
    answer      text not null check (answer in ('none', 'founded')),
    basis       text not null default '',
    text_hash   text not null,
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    said_at     timestamptz not null default clock_timestamp(),
    constraint founded_has_a_basis check (answer <> 'founded' or basis <> '')
);

create index checklist_answers_of on checklist_answers (document_id, item, id);
create trigger append_only before update or delete on checklist_answers for each row execute function append_only();

-- Why the reviewer was asked to take less than the reserved time (713号第二十六条).
create table urgencies (
    round_id    uuid primary key references rounds (id),
    basis       text not null check (basis <> ''),
    reason      text not null check (reason <> ''),
    wanted_by   timestamptz not null,
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    said_at     timestamptz not null
);

create trigger append_only before update or delete on urgencies for each row execute function append_only();

-- Counsel who took part in an opinion (713号第二十八条).
create table counsel (
    round_id uuid not null references rounds (id),
    position integer not null check (position > 0),
    name     text not null check (name <> ''),
    kind     text not null check (kind in ('legal_adviser', 'public_lawyer')),
    licence  text not null default '',
    opinion  text not null default '',
    interest text not null default '',
    primary key (round_id, position)
);

create trigger append_only before update or delete on counsel for each row execute function append_only();

-- The series of opinion letters: one for each unit and year, gapless, counted under the row's lock.
create table letter_series (
    unit_id text not null,
    year    integer not null,
    last    integer not null check (last > 0),
    primary key (unit_id, year)
);

-- The letter is written in the transaction that signs, so that neither is there without the other. `paper` is what it
-- says; `docx` its file, whose hash stands in the signed record. Some tens of kilobytes, kept with the document's file.
-- Where several sign a round, each writes a letter; the last one is that of the round.
create table letters (
    id        uuid primary key default uuidv7(),
    round_id  uuid not null references rounds (id),
    unit_id   text not null,
    year      integer not null,
    serial    integer not null check (serial > 0),
    number    text not null check (number <> ''),
    paper     jsonb not null,
    docx      bytea not null,
    docx_hash text not null check (docx_hash = encode(sha256(docx), 'hex')),
    made_at   timestamptz not null default clock_timestamp(),
    unique (unit_id, year, serial)
);

create index letters_of on letters (round_id, made_at);

create trigger append_only before update or delete on letters for each row execute function append_only();

-- The letter in print, as it was first typeset; the file lies in the content store.
create table letter_prints (
    letter_id uuid primary key references letters (id),
    pdf_hash text not null check (pdf_hash ~ '^[0-9a-f]{64}$'),
    made_at  timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete on letter_prints for each row execute function append_only();

-- What may be found again of decided rounds: each point, and each opinion (without a point). Made in the transaction
-- that signs; may be thrown away and made again. `folded` and `tokens` are made in kernel/text/search.py.
create table precedents (
    id       bigint generated always as identity primary key,
    round_id uuid not null references rounds (id),
    point_id uuid references opinion_points (id),
    folded   text not null,
    basis    text not null default '',
    tokens   tsvector not null
);

create index precedents_tokens on precedents using gin (tokens);

-- Own published documents, as the register of laws knows them: they enter it when they are published.
create table own_texts (
    document_id  uuid primary key,
    name         text not null check (name <> ''),
    doc_number   text not null default '',
    published_on date not null,
    valid_to     date,
    entered_at   timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete on own_texts for each row execute function append_only();

-- migrate: rollback
