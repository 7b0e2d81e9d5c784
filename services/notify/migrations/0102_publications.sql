-- Publications: what was made public, under which number, and where it is found
-- depends: 0101_numbers

-- migrate: apply

-- Permanent, some hundred rows a year: kept for good, not partitioned.
create table publications (
    id             uuid primary key default uuidv7(),
    document_id    uuid        not null unique,
    doc_number     text        not null unique,
    number_state   text        not null default 'given' check (number_state = 'given'),
    title          text        not null,
    kind           text        not null,
    issuer_unit    text        not null,
    issuer_name    text        not null,
    drafting_name  text        not null,
    text_hash      text        not null,
    signed_hash    text,
    adopted_on     date        not null,
    published_at   timestamptz not null,
    published_on   date        not null,
    effective_on   date,
    valid_to       date,
    validity_words text        not null default '',
    -- 三统一 and the identity of the text: no publication without its number, none of another text,
    -- and no voiding of a number once its text is public.
    constraint publications_under_their_number foreign key (document_id, doc_number, text_hash, number_state)
        references numbers (document_id, doc_number, text_hash, state)
);

create index publications_newest on publications (published_at desc, id desc);
create index publications_by_day on publications (published_on);

create trigger publications_are_kept before update or delete on publications
    for each row execute function refuse_change();
create trigger publications_are_not_emptied before truncate on publications execute function refuse_change();

-- May be thrown away and made again from the texts. `folded` and `tokens` are made in search.py.
create table publication_search (
    publication_id uuid primary key references publications (id),
    body           text     not null,
    folded         text     not null,
    number_key     text     not null,
    tokens         tsvector not null
);

create index publication_search_tokens on publication_search using gin (tokens);

-- migrate: rollback
