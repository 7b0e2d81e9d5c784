-- The schema `notify` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA notify;

CREATE FUNCTION notify.guard_publication_seal() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'notify'
    AS $$
begin
    if new.text_hash is distinct from (select text_hash from publications where id = new.publication_id) then
        raise exception 'publication.seal_of_other_text';
    end if;
    return new;
end
$$;

CREATE FUNCTION notify.guard_voiding() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'notify'
    AS $$
begin
    if new.state = 'void' and own_number(new.document_id, new.voided_by) then
        raise exception 'number.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION notify.numbers_follow() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'notify'
    AS $$
begin
    if new.state <> 'given' or new.sequence <> 1 + coalesce(
        (select max(n.sequence) from numbers as n where n.agency_code = new.agency_code and n.year = new.year), 0) then
        raise exception 'numbers are given one after another' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION notify.numbers_only_turn_void() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if old.state = 'given' and new.state = 'void'
        and (new.id, new.agency_code, new.year, new.sequence, new.doc_number, new.document_id, new.title, new.kind,
             new.issuer_unit, new.text_hash, new.registered_at, new.registered_on)
          = (old.id, old.agency_code, old.year, old.sequence, old.doc_number, old.document_id, old.title, old.kind,
             old.issuer_unit, old.text_hash, old.registered_at, old.registered_on) then
        return new;
    end if;
    raise exception 'a number can only be voided, once' using errcode = 'restrict_violation';
end
$$;

CREATE FUNCTION notify.outbox_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('outbox', tg_table_schema);
    return null;
end
$$;

CREATE FUNCTION notify.own_number(of_document uuid, who text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'notify'
    AS $$
    select exists (select 1 from number_authors a
                    where a.document_id = of_document and directory.one_pair_of_eyes(who, a.person_id))
$$;

CREATE FUNCTION notify.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% on % is refused: the record is permanent', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end
$$;

CREATE FUNCTION notify.series_counts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'INSERT' and new.last = 1 then
        return new;
    end if;
    if tg_op = 'UPDATE' and (new.agency_code, new.year, new.last) = (old.agency_code, old.year, old.last + 1) then
        return new;
    end if;
    raise exception 'a series begins at 1 and goes on one by one' using errcode = 'restrict_violation';
end
$$;

CREATE FUNCTION notify.series_has_its_number() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'notify'
    AS $$
begin
    if not exists (select 1 from numbers as n
                    where n.agency_code = new.agency_code and n.year = new.year and n.sequence = new.last) then
        raise exception 'no number was registered for %/% %', new.agency_code, new.year, new.last
            using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;

CREATE TABLE notify.facts (
    fact text NOT NULL,
    event text NOT NULL,
    document_id uuid NOT NULL,
    tell jsonb NOT NULL,
    told_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT facts_fact_check CHECK ((fact <> ''::text))
);

CREATE TABLE notify.idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash text NOT NULL,
    status integer,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

CREATE TABLE notify.messages (
    id uuid DEFAULT uuidv7() NOT NULL,
    fact text NOT NULL,
    person_id text NOT NULL,
    letter_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT messages_person_id_check CHECK ((person_id <> ''::text))
);

CREATE TABLE notify.notices (
    key text NOT NULL,
    notice text NOT NULL,
    document_id uuid NOT NULL,
    title text NOT NULL,
    issuer_unit text NOT NULL,
    drafting_unit text NOT NULL,
    opens_at timestamp with time zone,
    closes_at timestamp with time zone,
    received integer,
    link text NOT NULL,
    posted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    suspended boolean DEFAULT false NOT NULL,
    CONSTRAINT notices_feedback_has_its_count CHECK (((notice <> 'feedback'::text) OR (received IS NOT NULL))),
    CONSTRAINT notices_key_check CHECK ((key <> ''::text)),
    CONSTRAINT notices_link_check CHECK ((link ~ '^/([^/\\]|$)'::text)),
    CONSTRAINT notices_notice_check CHECK ((notice = ANY (ARRAY['window'::text, 'feedback'::text, 'answers'::text, 'extended'::text, 'suspended'::text, 'resumed'::text, 'stopped'::text, 'reopened'::text]))),
    CONSTRAINT notices_received_check CHECK ((received >= 0)),
    CONSTRAINT notices_window_has_its_instants CHECK (((notice <> 'window'::text) OR ((opens_at IS NOT NULL) AND (closes_at IS NOT NULL) AND (opens_at < closes_at))))
);

CREATE TABLE notify.number_authors (
    document_id uuid NOT NULL,
    person_id text NOT NULL,
    CONSTRAINT number_authors_person_id_check CHECK ((person_id <> ''::text))
);

CREATE TABLE notify.number_series (
    agency_code text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    CONSTRAINT number_series_agency_code_check CHECK ((agency_code <> ''::text)),
    CONSTRAINT number_series_last_check CHECK ((last >= 1)),
    CONSTRAINT number_series_year_check CHECK (((year >= 1949) AND (year <= 9999)))
);

CREATE TABLE notify.numbers (
    id uuid DEFAULT uuidv7() NOT NULL,
    agency_code text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL,
    doc_number text NOT NULL,
    document_id uuid NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    issuer_unit text NOT NULL,
    text_hash text NOT NULL,
    state text DEFAULT 'given'::text NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    registered_on date NOT NULL,
    void_reason text,
    voided_by text,
    voided_at timestamp with time zone,
    voided_on date,
    CONSTRAINT numbers_sequence_check CHECK ((sequence >= 1)),
    CONSTRAINT numbers_state_check CHECK ((state = ANY (ARRAY['given'::text, 'void'::text]))),
    CONSTRAINT numbers_text_hash_check CHECK ((text_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT numbers_void_has_its_reason CHECK ((((state = 'given'::text) AND (num_nonnulls(void_reason, voided_by, voided_at, voided_on) = 0)) OR ((state = 'void'::text) AND (btrim(void_reason) <> ''::text) AND (num_nulls(voided_by, voided_at, voided_on) = 0))))
);

CREATE TABLE notify.outbox (
    id uuid DEFAULT uuidv7() NOT NULL,
    "position" bigint NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    name text NOT NULL,
    body jsonb NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_try_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    delivered_at timestamp with time zone,
    last_error text,
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'parked'::text])))
);

ALTER TABLE notify.outbox ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notify.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE notify.publication_seals (
    publication_id uuid NOT NULL,
    place integer NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    form text NOT NULL,
    text_hash text NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT publication_seals_form_check CHECK ((form = ANY (ARRAY['physical'::text, 'electronic'::text]))),
    CONSTRAINT publication_seals_place_check CHECK ((place > 0))
);

CREATE TABLE notify.publication_search (
    publication_id uuid NOT NULL,
    body text NOT NULL,
    folded text NOT NULL,
    number_key text NOT NULL,
    tokens tsvector NOT NULL
);

CREATE TABLE notify.publications (
    id uuid DEFAULT uuidv7() NOT NULL,
    document_id uuid NOT NULL,
    doc_number text NOT NULL,
    number_state text DEFAULT 'given'::text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    issuer_unit text NOT NULL,
    issuer_name text NOT NULL,
    drafting_name text NOT NULL,
    text_hash text NOT NULL,
    signed_hash text,
    adopted_on date NOT NULL,
    published_at timestamp with time zone NOT NULL,
    published_on date NOT NULL,
    effective_on date,
    valid_to date,
    validity_words text DEFAULT ''::text NOT NULL,
    joint_names text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT publications_number_state_check CHECK ((number_state = 'given'::text))
);

CREATE TABLE notify.standings (
    act_id uuid NOT NULL,
    document_id uuid NOT NULL,
    "position" integer NOT NULL,
    change text NOT NULL,
    effective_on date NOT NULL,
    by_document uuid,
    link text NOT NULL,
    posted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT standings_by_a_document CHECK (((change = ANY (ARRAY['amended'::text, 'ended'::text])) = (by_document IS NOT NULL))),
    CONSTRAINT standings_change_check CHECK ((change = ANY (ARRAY['amended'::text, 'ended'::text, 'suspended'::text, 'resumed'::text]))),
    CONSTRAINT standings_position_check CHECK (("position" > 0))
);

ALTER TABLE ONLY notify.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY (fact);

ALTER TABLE ONLY notify.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY notify.messages
    ADD CONSTRAINT messages_once UNIQUE (fact, person_id);

ALTER TABLE ONLY notify.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notify.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (key);

ALTER TABLE ONLY notify.number_authors
    ADD CONSTRAINT number_authors_pkey PRIMARY KEY (document_id, person_id);

ALTER TABLE ONLY notify.number_series
    ADD CONSTRAINT number_series_pkey PRIMARY KEY (agency_code, year);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_doc_number_key UNIQUE (doc_number);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_document_id_key UNIQUE (document_id);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_once UNIQUE (agency_code, year, sequence);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_publishable UNIQUE (document_id, doc_number, text_hash, state);

ALTER TABLE ONLY notify.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notify.publication_seals
    ADD CONSTRAINT publication_seals_pkey PRIMARY KEY (publication_id, place);

ALTER TABLE ONLY notify.publication_seals
    ADD CONSTRAINT publication_seals_publication_id_unit_id_key UNIQUE (publication_id, unit_id);

ALTER TABLE ONLY notify.publication_search
    ADD CONSTRAINT publication_search_pkey PRIMARY KEY (publication_id);

ALTER TABLE ONLY notify.publications
    ADD CONSTRAINT publications_doc_number_key UNIQUE (doc_number);

ALTER TABLE ONLY notify.publications
    ADD CONSTRAINT publications_document_id_key UNIQUE (document_id);

ALTER TABLE ONLY notify.publications
    ADD CONSTRAINT publications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notify.standings
    ADD CONSTRAINT standings_document_id_position_key UNIQUE (document_id, "position");

ALTER TABLE ONLY notify.standings
    ADD CONSTRAINT standings_pkey PRIMARY KEY (act_id);

CREATE INDEX facts_newest ON notify.facts USING btree (told_at DESC);

CREATE INDEX idempotency_age ON notify.idempotency USING btree (created_at);

CREATE INDEX messages_newest ON notify.messages USING btree (created_at DESC, id DESC);

CREATE INDEX notices_of_acts ON notify.notices USING btree (posted_at DESC, key) WHERE (notice = ANY (ARRAY['extended'::text, 'suspended'::text, 'resumed'::text, 'stopped'::text, 'reopened'::text]));

CREATE INDEX notices_of_document ON notify.notices USING btree (document_id, notice);

CREATE INDEX notices_windows ON notify.notices USING btree (closes_at) WHERE (notice = 'window'::text);

CREATE INDEX numbers_newest ON notify.numbers USING btree (registered_at DESC, id DESC);

CREATE INDEX outbox_due ON notify.outbox USING btree (next_try_at, "position") WHERE (state = 'waiting'::text);

CREATE INDEX outbox_parked ON notify.outbox USING btree ("position") WHERE (state = 'parked'::text);

CREATE INDEX outbox_waiting ON notify.outbox USING btree (key, "position") WHERE (state = 'waiting'::text);

CREATE INDEX publication_search_tokens ON notify.publication_search USING gin (tokens);

CREATE INDEX publications_by_day ON notify.publications USING btree (published_on);

CREATE INDEX publications_newest ON notify.publications USING btree (published_at DESC, id DESC);

CREATE TRIGGER facts_are_kept BEFORE DELETE OR UPDATE ON notify.facts FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER guard_publication_seal BEFORE INSERT ON notify.publication_seals FOR EACH ROW EXECUTE FUNCTION notify.guard_publication_seal();

CREATE TRIGGER guard_voiding BEFORE UPDATE ON notify.numbers FOR EACH ROW EXECUTE FUNCTION notify.guard_voiding();

CREATE TRIGGER messages_are_kept BEFORE DELETE ON notify.messages FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER notices_are_kept BEFORE DELETE ON notify.notices FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER number_authors_are_kept BEFORE DELETE OR UPDATE ON notify.number_authors FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER number_authors_are_not_emptied BEFORE TRUNCATE ON notify.number_authors FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER numbers_are_kept BEFORE DELETE ON notify.numbers FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER numbers_are_not_emptied BEFORE TRUNCATE ON notify.numbers FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER numbers_follow BEFORE INSERT ON notify.numbers FOR EACH ROW EXECUTE FUNCTION notify.numbers_follow();

CREATE TRIGGER numbers_only_turn_void BEFORE UPDATE ON notify.numbers FOR EACH ROW EXECUTE FUNCTION notify.numbers_only_turn_void();

CREATE TRIGGER outbox_wake AFTER INSERT ON notify.outbox FOR EACH STATEMENT EXECUTE FUNCTION notify.outbox_wake();

CREATE TRIGGER publication_seals_are_kept BEFORE DELETE OR UPDATE ON notify.publication_seals FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER publication_seals_are_not_emptied BEFORE TRUNCATE ON notify.publication_seals FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER publications_are_kept BEFORE DELETE OR UPDATE ON notify.publications FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER publications_are_not_emptied BEFORE TRUNCATE ON notify.publications FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER series_are_kept BEFORE DELETE ON notify.number_series FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER series_are_not_emptied BEFORE TRUNCATE ON notify.number_series FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER series_counts BEFORE INSERT OR UPDATE ON notify.number_series FOR EACH ROW EXECUTE FUNCTION notify.series_counts();

CREATE CONSTRAINT TRIGGER series_has_its_number AFTER INSERT OR UPDATE ON notify.number_series DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION notify.series_has_its_number();

CREATE TRIGGER standings_are_kept BEFORE DELETE OR UPDATE ON notify.standings FOR EACH ROW EXECUTE FUNCTION notify.refuse_change();

CREATE TRIGGER standings_are_not_emptied BEFORE TRUNCATE ON notify.standings FOR EACH STATEMENT EXECUTE FUNCTION notify.refuse_change();

ALTER TABLE ONLY notify.messages
    ADD CONSTRAINT messages_fact_fkey FOREIGN KEY (fact) REFERENCES notify.facts(fact);

ALTER TABLE ONLY notify.number_authors
    ADD CONSTRAINT number_authors_document_id_fkey FOREIGN KEY (document_id) REFERENCES notify.numbers(document_id);

ALTER TABLE ONLY notify.numbers
    ADD CONSTRAINT numbers_agency_code_year_fkey FOREIGN KEY (agency_code, year) REFERENCES notify.number_series(agency_code, year);

ALTER TABLE ONLY notify.publication_seals
    ADD CONSTRAINT publication_seals_publication_id_fkey FOREIGN KEY (publication_id) REFERENCES notify.publications(id);

ALTER TABLE ONLY notify.publication_search
    ADD CONSTRAINT publication_search_publication_id_fkey FOREIGN KEY (publication_id) REFERENCES notify.publications(id);

ALTER TABLE ONLY notify.publications
    ADD CONSTRAINT publications_under_their_number FOREIGN KEY (document_id, doc_number, text_hash, number_state) REFERENCES notify.numbers(document_id, doc_number, text_hash, state);

ALTER TABLE ONLY notify.standings
    ADD CONSTRAINT standings_by_document_fkey FOREIGN KEY (by_document) REFERENCES notify.publications(document_id);

ALTER TABLE ONLY notify.standings
    ADD CONSTRAINT standings_document_id_fkey FOREIGN KEY (document_id) REFERENCES notify.publications(document_id);
