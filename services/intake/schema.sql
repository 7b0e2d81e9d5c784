-- The schema `intake` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA intake;

CREATE FUNCTION intake.add_contacts(comment_ids uuid[], names text[], contacts text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'intake', 'pg_temp'
    AS $$
    insert into comment_contacts (comment_id, name, contact)
    select given.comment_id, given.name, given.contact
      from unnest(comment_ids, names, contacts) as given (comment_id, name, contact)
$$;

CREATE FUNCTION intake.answers_come() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update window_tallies t
       set answered = t.answered + n.answered, adopted = t.adopted + n.adopted, partly = t.partly + n.partly,
           not_adopted = t.not_adopted + n.not_adopted
      from (select window_id, count(*) as answered,
                   count(*) filter (where disposition = 'adopted') as adopted,
                   count(*) filter (where disposition = 'partly') as partly,
                   count(*) filter (where disposition = 'not_adopted') as not_adopted
              from given group by window_id) n
     where t.window_id = n.window_id;
    update opinion_groups g
       set answered = g.answered + n.answered
      from (select m.group_id, count(*) as answered
              from given a join opinion_members m on m.comment_id = a.comment_id group by m.group_id) n
     where g.id = n.group_id;
    return null;
end
$$;

CREATE FUNCTION intake.answers_go() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update window_tallies t
       set answered = t.answered - n.answered, adopted = t.adopted - n.adopted, partly = t.partly - n.partly,
           not_adopted = t.not_adopted - n.not_adopted
      from (select window_id, count(*) as answered,
                   count(*) filter (where disposition = 'adopted') as adopted,
                   count(*) filter (where disposition = 'partly') as partly,
                   count(*) filter (where disposition = 'not_adopted') as not_adopted
              from given group by window_id) n
     where t.window_id = n.window_id;
    update opinion_groups g
       set answered = g.answered - n.answered
      from (select m.group_id, count(*) as answered
              from given a join opinion_members m on m.comment_id = a.comment_id group by m.group_id) n
     where g.id = n.group_id;
    return null;
end
$$;

CREATE FUNCTION intake.comment_clauses_in_time() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from feedback_summaries where window_id = new.window_id) then
        raise exception 'the result is recorded' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION intake.comment_decisions(of_comment uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    select jsonb_agg(jsonb_build_array(start_at, end_at, covered) order by start_at)
      from comment_masks
     where comment_id = of_comment and covered is not null
$$;

CREATE FUNCTION intake.comment_masks_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.covered is not null then
        insert into comment_mask_acts (comment_id, start_at, end_at, covered, acted_by)
        values (new.comment_id, new.start_at, new.end_at, new.covered, new.decided_by);
    end if;
    return null;
end
$$;

CREATE FUNCTION intake.comments_keep_their_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if (new.id, new.window_id, new.receipt, new.channel, new.body, new.body_hash, new.received_at,
        new.text_version, new.entered_by, new.entered_at)
       is distinct from
       (old.id, old.window_id, old.receipt, old.channel, old.body, old.body_hash, old.received_at,
        old.text_version, old.entered_by, old.entered_at) then
        raise exception 'a comment keeps its words' using errcode = 'integrity_constraint_violation';
    end if;
    if new.clause is distinct from old.clause and new.clause is distinct from
       (select c.clause from comment_clauses c where c.comment_id = new.id order by c.ordinal desc limit 1) then
        raise exception 'a comment keeps the clause that its author chose' using errcode = 'integrity_constraint_violation';
    end if;
    if old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'a comment that was withdrawn stays so' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION intake.dossier_continues() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION intake.erase_contact(of_comment uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'intake', 'pg_temp'
    AS $$
    with gone as (
        delete from comment_contacts where comment_id = of_comment returning comment_id
    ), noted as (
        insert into contact_erasures (comment_id, cause) select comment_id, 'asked' from gone returning comment_id
    )
    select exists (select 1 from noted)
$$;

CREATE FUNCTION intake.group_answers_come() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update opinion_groups g
       set own = g.own + n.own
      from (select m.group_id, count(*) as own
              from given a join opinion_members m on m.comment_id = a.comment_id where a.own group by m.group_id) n
     where g.id = n.group_id;
    insert into group_answers as n (group_id, window_id, revision, size)
    select m.group_id, m.window_id, a.revision, count(*)
      from given a
      join opinion_members m on m.comment_id = a.comment_id
     where not a.own
     group by m.group_id, m.window_id, a.revision
     order by m.group_id, a.revision
    on conflict (group_id, revision) do update set size = n.size + excluded.size;
    return null;
end
$$;

CREATE FUNCTION intake.group_answers_go() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update opinion_groups g
       set own = g.own - n.own
      from (select m.group_id, count(*) as own
              from given a join opinion_members m on m.comment_id = a.comment_id where a.own group by m.group_id) n
     where g.id = n.group_id;
    update group_answers s
       set size = s.size - n.size
      from (select m.group_id, a.revision, count(*) as size
              from given a join opinion_members m on m.comment_id = a.comment_id where not a.own
             group by m.group_id, a.revision) n
     where s.group_id = n.group_id and s.revision = n.revision;
    return null;
end
$$;

CREATE FUNCTION intake.guard_answer_words() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'intake'
    AS $$
declare
    sender text := (select shared_by from answer_drafts where id = new.draft_id);
begin
    if new.stance <> 'noted' and directory.one_pair_of_eyes(new.person_id, sender) then
        raise exception 'agreement.own_draft';
    end if;
    return new;
end
$$;

CREATE FUNCTION intake.guard_covering() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'intake'
    AS $$
begin
    if new.decided_by is not null and own_window(new.window_id, new.decided_by)
       and not exists (select 1 from comment_masks m
                        where (m.comment_id, m.start_at, m.end_at) = (new.comment_id, new.start_at, new.end_at)) then
        raise exception 'masking.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION intake.guard_hiding() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'intake'
    AS $$
begin
    if new.act = 'hidden' and own_window(new.window_id, new.acted_by) then
        raise exception 'moderation.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION intake.has_contact(of_comment uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'intake', 'pg_temp'
    AS $$
    select exists (select 1 from comment_contacts where comment_id = of_comment)
$$;

CREATE FUNCTION intake.opinion_shown(of_window uuid, of_group uuid, of_revision integer) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
    with walk as not materialized (
        select m.comment_id as id, c.hidden_at
          from opinion_members m
         cross join lateral (select c.hidden_at from comments c
                              where c.id = m.comment_id and c.withdrawn_at is null limit 1) c
          left join lateral (select a.own, a.revision from answers a where a.comment_id = m.comment_id limit 1) a on true
         where m.window_id = of_window and m.group_id = of_group and not coalesce(a.own, false)
           and (of_revision is null or coalesce(a.revision, 0) = of_revision)
         order by m.comment_id
    )
    select coalesce((select f.id from (select id, hidden_at from walk limit 1000) f where f.hidden_at is null limit 1),
                    (select id from walk limit 1))
$$;

CREATE FUNCTION intake.outbox_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('outbox', tg_table_schema);
    return null;
end
$$;

CREATE FUNCTION intake.own_window(of_window uuid, who text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'intake'
    AS $$
    select exists (select 1 from windows w join versions v on v.document_id = w.document_id
                    where w.id = of_window and directory.one_pair_of_eyes(who, v.submitted_by))
$$;

CREATE FUNCTION intake.published_answers_stay() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from windows
                where id = coalesce(old.window_id, new.window_id) and answers_published_at is not null) then
        raise exception 'published answers stay as they are' using errcode = 'integrity_constraint_violation';
    end if;
    return coalesce(new, old);
end
$$;

CREATE FUNCTION intake.record_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the record is append-only: % on % is refused', tg_op, tg_table_name
          using errcode = 'integrity_constraint_violation';
end
$$;

CREATE FUNCTION intake.sealed_comments_take_no_files() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from comments c join comment_seals s on s.window_id = c.window_id
                where c.id = new.comment_id and s.last_comment >= c.id) then
        raise exception 'a sealed comment takes no more files' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

CREATE TABLE intake.windows (
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    version integer NOT NULL,
    text_hash text NOT NULL,
    rule_id text NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    ended_early boolean DEFAULT false NOT NULL,
    shortening_reason text,
    notice jsonb NOT NULL,
    reply_to text NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    summary_at timestamp with time zone,
    answered_at timestamp with time zone,
    answers_published_at timestamp with time zone,
    suspended_at timestamp with time zone,
    stopped_at timestamp with time zone,
    answers_revision integer DEFAULT 0 NOT NULL,
    CONSTRAINT windows_answers_revision_check CHECK ((answers_revision >= 0)),
    CONSTRAINT windows_check CHECK ((closes_at > opens_at)),
    CONSTRAINT windows_check1 CHECK (((closed_at IS NULL) OR ended_early OR (closed_at >= closes_at))),
    CONSTRAINT windows_check2 CHECK (((summary_at IS NULL) OR (closed_at IS NOT NULL))),
    CONSTRAINT windows_check3 CHECK (((answers_published_at IS NULL) OR (summary_at IS NOT NULL))),
    CONSTRAINT windows_check4 CHECK (((stopped_at IS NULL) OR (NOT ended_early))),
    CONSTRAINT windows_check5 CHECK (((suspended_at IS NULL) OR (closed_at IS NULL) OR ended_early)),
    CONSTRAINT windows_text_hash_check CHECK ((length(text_hash) = 64))
);

CREATE FUNCTION intake.window_is_open(w intake.windows, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select w.opens_at <= at and at < w.closes_at and w.closed_at is null and w.suspended_at is null
$$;

CREATE FUNCTION intake.window_was_open(w intake.windows, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select w.opens_at <= at and at < w.closes_at and (w.suspended_at is null or at < w.suspended_at)
       and not exists (select 1 from window_changes c
                        where c.window_id = w.id and c.gap_from <= at and at < c.changed_at)
$$;

CREATE FUNCTION intake.windows_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('windows', tg_table_schema);
    return null;
end
$$;

CREATE FUNCTION intake.withdrawn_leaves_the_tallies() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    given answers;
begin
    select * into given from answers where comment_id = new.id;
    update opinion_groups g
       set size = g.size - 1,
           answered = g.answered - (given.comment_id is not null)::int,
           own = g.own - coalesce(given.own, false)::int
      from opinion_members m
     where m.comment_id = new.id and g.id = m.group_id;
    update group_answers n
       set size = n.size - 1
      from opinion_members m
     where m.comment_id = new.id and n.group_id = m.group_id and n.revision = given.revision and not given.own;
    update window_tallies t
       set withdrawn = t.withdrawn + 1,
           answered = t.answered - (given.comment_id is not null)::int,
           adopted = t.adopted - (given.disposition is not distinct from 'adopted')::int,
           partly = t.partly - (given.disposition is not distinct from 'partly')::int,
           not_adopted = t.not_adopted - (given.disposition is not distinct from 'not_adopted')::int
     where t.window_id = new.window_id;
    return null;
end
$$;

CREATE TABLE intake.answer_drafts (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    revision integer NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    shared_by text NOT NULL,
    shared_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT answer_drafts_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT answer_drafts_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT answer_drafts_revision_check CHECK ((revision >= 0))
);

CREATE TABLE intake.answer_mailings (
    window_id uuid NOT NULL,
    listed_to uuid,
    listed_at timestamp with time zone
);

CREATE TABLE intake.answer_readers (
    draft_id uuid NOT NULL,
    unit_id text DEFAULT ''::text NOT NULL,
    person_id text DEFAULT ''::text NOT NULL,
    decides boolean DEFAULT false NOT NULL,
    CONSTRAINT answer_readers_check CHECK (((unit_id = ''::text) <> (person_id = ''::text)))
);

CREATE TABLE intake.answer_reasons (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    name text NOT NULL,
    disposition text NOT NULL,
    reason text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT answer_reasons_disposition_check CHECK ((disposition = ANY (ARRAY['adopted'::text, 'partly'::text, 'not_adopted'::text]))),
    CONSTRAINT answer_reasons_name_check CHECK (((btrim(name) <> ''::text) AND (length(name) <= 100))),
    CONSTRAINT answer_reasons_reason_check CHECK (((btrim(reason) <> ''::text) AND (length(reason) <= 5000)))
);

CREATE TABLE intake.answer_words (
    draft_id uuid NOT NULL,
    ordinal integer NOT NULL,
    person_id text NOT NULL,
    unit_id text NOT NULL,
    stance text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    revision integer NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT answer_words_check CHECK (((stance = 'agrees'::text) OR (btrim(words) <> ''::text))),
    CONSTRAINT answer_words_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT answer_words_revision_check CHECK ((revision >= 0)),
    CONSTRAINT answer_words_stance_check CHECK ((stance = ANY (ARRAY['agrees'::text, 'objects'::text, 'noted'::text]))),
    CONSTRAINT answer_words_words_check CHECK ((length(words) <= 2000))
);

COMMENT ON COLUMN intake.answer_words.stance IS 'noted: the drafting unit goes on over what was objected, with its reason';

CREATE TABLE intake.answers (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    disposition text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    clause text DEFAULT ''::text NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    own boolean DEFAULT true NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    CONSTRAINT answers_clause_check CHECK ((length(clause) <= 100)),
    CONSTRAINT answers_disposition_check CHECK ((disposition = ANY (ARRAY['adopted'::text, 'partly'::text, 'not_adopted'::text]))),
    CONSTRAINT answers_reason_check CHECK ((length(reason) <= 5000)),
    CONSTRAINT answers_revision_check CHECK ((revision >= 1)),
    CONSTRAINT reason_where_not_adopted CHECK (((disposition = 'adopted'::text) OR (btrim(reason) <> ''::text)))
);

COMMENT ON COLUMN intake.answers.own IS 'given to this opinion; false where it came with its group, over which an own one goes';

CREATE TABLE intake.attachments (
    document_id uuid NOT NULL,
    version integer NOT NULL,
    "position" integer NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    content_hash text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    CONSTRAINT attachments_content_hash_check CHECK ((length(content_hash) = 64)),
    CONSTRAINT attachments_position_check CHECK (("position" >= 1)),
    CONSTRAINT attachments_role_check CHECK ((role <> ''::text)),
    CONSTRAINT attachments_size_check CHECK ((size > 0))
);

CREATE TABLE intake.comment_attachments (
    comment_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    content_hash text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    CONSTRAINT comment_attachments_content_hash_check CHECK ((length(content_hash) = 64)),
    CONSTRAINT comment_attachments_name_check CHECK (((name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT comment_attachments_position_check CHECK (("position" >= 1)),
    CONSTRAINT comment_attachments_size_check CHECK ((size > 0))
);

CREATE TABLE intake.comment_clauses (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    clause text NOT NULL,
    set_by text,
    set_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT comment_clauses_check CHECK (((ordinal = 1) = (set_by IS NULL))),
    CONSTRAINT comment_clauses_clause_check CHECK ((length(clause) <= 100)),
    CONSTRAINT comment_clauses_ordinal_check CHECK ((ordinal >= 1))
);

CREATE TABLE intake.comment_contacts (
    comment_id uuid NOT NULL,
    name text,
    contact text,
    CONSTRAINT comment_contacts_check CHECK (((name IS NOT NULL) OR (contact IS NOT NULL))),
    CONSTRAINT comment_contacts_contact_check CHECK ((length(contact) <= 200)),
    CONSTRAINT comment_contacts_name_check CHECK ((length(name) <= 100))
);

CREATE TABLE intake.comment_files (
    content_hash text NOT NULL,
    kept_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT comment_files_content_hash_check CHECK ((length(content_hash) = 64))
);

CREATE TABLE intake.comment_hints (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    hint text NOT NULL,
    CONSTRAINT comment_hints_hint_check CHECK ((hint = ANY (ARRAY['minor'::text, 'health'::text, 'identity_paper'::text, 'finance'::text])))
);

CREATE TABLE intake.comment_mask_acts (
    comment_id uuid NOT NULL,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    covered boolean NOT NULL,
    acted_by text NOT NULL,
    acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE intake.comment_masks (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    kind text NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    covered boolean,
    decided_by text,
    decided_at timestamp with time zone,
    CONSTRAINT comment_masks_check CHECK ((end_at > start_at)),
    CONSTRAINT comment_masks_check1 CHECK ((((covered IS NULL) = (decided_by IS NULL)) AND ((covered IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT comment_masks_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'identity'::text, 'card'::text, 'mail'::text, 'plate'::text, 'account'::text, 'address'::text, 'name'::text]))),
    CONSTRAINT comment_masks_start_at_check CHECK ((start_at >= 0))
);

CREATE UNLOGGED TABLE intake.comment_rates (
    key bytea NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    count integer NOT NULL,
    allowed integer NOT NULL,
    CONSTRAINT comment_rates_count_check CHECK ((count >= 0))
);

CREATE TABLE intake.comment_seals (
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    root text NOT NULL,
    size integer NOT NULL,
    statement_hash text NOT NULL,
    tree_hash text NOT NULL,
    last_comment uuid,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT comment_seals_check CHECK (((last_comment IS NULL) = (size = 0))),
    CONSTRAINT comment_seals_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT comment_seals_root_check CHECK ((root ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT comment_seals_size_check CHECK ((size >= 0)),
    CONSTRAINT comment_seals_statement_hash_check CHECK ((length(statement_hash) = 64)),
    CONSTRAINT comment_seals_tree_hash_check CHECK ((length(tree_hash) = 64))
);

CREATE TABLE intake.commenter_mails (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    fact text NOT NULL,
    kind text NOT NULL,
    window_id uuid NOT NULL,
    sender text NOT NULL,
    comment_ids uuid[] NOT NULL,
    more integer DEFAULT 0 NOT NULL,
    in_reply_to text,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    sent_at timestamp with time zone,
    failed text,
    bounced_at timestamp with time zone,
    retried_at timestamp with time zone,
    CONSTRAINT commenter_mails_check CHECK (((sent_at IS NULL) OR (failed IS NULL))),
    CONSTRAINT commenter_mails_check1 CHECK (((bounced_at IS NULL) OR (sent_at IS NOT NULL))),
    CONSTRAINT commenter_mails_comment_ids_check CHECK (((cardinality(comment_ids) >= 1) AND (cardinality(comment_ids) <= 20))),
    CONSTRAINT commenter_mails_in_reply_to_check CHECK ((length(in_reply_to) <= 998)),
    CONSTRAINT commenter_mails_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'answers'::text]))),
    CONSTRAINT commenter_mails_more_check CHECK ((more >= 0)),
    CONSTRAINT commenter_mails_sender_check CHECK ((length(sender) = 64))
);

CREATE TABLE intake.comments (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    receipt text NOT NULL,
    channel text NOT NULL,
    clause text DEFAULT ''::text NOT NULL,
    body text NOT NULL,
    body_hash text NOT NULL,
    likeness text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    text_version integer NOT NULL,
    entered_by text,
    entered_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    hidden_at timestamp with time zone,
    hidden_by text,
    hidden_reason text,
    CONSTRAINT comments_body_check CHECK (((btrim(body) <> ''::text) AND (length(body) <= 5000))),
    CONSTRAINT comments_body_hash_check CHECK ((length(body_hash) = 64)),
    CONSTRAINT comments_by_themselves CHECK (((entered_by IS NULL) OR (channel <> ALL (ARRAY['web'::text, 'api'::text])))),
    CONSTRAINT comments_channel_check CHECK ((channel = ANY (ARRAY['web'::text, 'api'::text, 'letter'::text, 'fax'::text, 'phone'::text, 'email'::text, 'visit'::text]))),
    CONSTRAINT comments_check1 CHECK (((entered_by IS NULL) = (entered_at IS NULL))),
    CONSTRAINT comments_check2 CHECK (((entered_at IS NULL) OR (received_at <= entered_at))),
    CONSTRAINT comments_clause_check CHECK ((length(clause) <= 100)),
    CONSTRAINT comments_entered CHECK (((entered_by IS NOT NULL) OR (channel = ANY (ARRAY['web'::text, 'api'::text, 'email'::text])))),
    CONSTRAINT comments_hidden CHECK ((((hidden_at IS NULL) = (hidden_by IS NULL)) AND ((hidden_at IS NULL) = (hidden_reason IS NULL)))),
    CONSTRAINT comments_hidden_reason_check CHECK ((btrim(hidden_reason) <> ''::text)),
    CONSTRAINT comments_likeness_check CHECK ((length(likeness) = 64)),
    CONSTRAINT comments_receipt_check CHECK ((length(receipt) = 24))
);

CREATE TABLE intake.contact_erasures (
    comment_id uuid NOT NULL,
    cause text NOT NULL,
    erased_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT contact_erasures_cause_check CHECK ((cause = ANY (ARRAY['asked'::text, 'retention'::text])))
);

CREATE SEQUENCE intake.document_receipts
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE intake.documents (
    id uuid NOT NULL,
    receipt text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    issuer_unit text NOT NULL,
    drafting_unit text NOT NULL,
    agency_code text NOT NULL,
    submitter text NOT NULL,
    predicates jsonb DEFAULT '{}'::jsonb NOT NULL,
    comment_plan jsonb DEFAULT '{}'::jsonb NOT NULL,
    rule_book text NOT NULL,
    overlays text[] DEFAULT '{}'::text[] NOT NULL,
    state text DEFAULT 'submitted'::text NOT NULL,
    stage text DEFAULT 'drafting'::text NOT NULL,
    accepts_versions boolean DEFAULT true NOT NULL,
    blocked_codes text[] DEFAULT '{}'::text[] NOT NULL,
    doc_number text,
    report_year integer,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    submitted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    withdrawn_at timestamp with time zone,
    joint_units text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT documents_agency_code_check CHECK (((agency_code <> ''::text) AND (length(agency_code) <= 40))),
    CONSTRAINT documents_check CHECK (((kind = 'ANNUAL_REPORT'::text) OR (report_year IS NULL))),
    CONSTRAINT documents_drafting_unit_check CHECK ((drafting_unit <> ''::text)),
    CONSTRAINT documents_issuer_unit_check CHECK ((issuer_unit <> ''::text)),
    CONSTRAINT documents_joint_units_check CHECK (((array_position(joint_units, NULL::text) IS NULL) AND (array_position(joint_units, issuer_unit) IS NULL))),
    CONSTRAINT documents_kind_check CHECK ((kind = ANY (ARRAY['NORMATIVE'::text, 'MAJOR_DECISION'::text, 'WORK_PLAN'::text, 'ANNUAL_REPORT'::text]))),
    CONSTRAINT documents_rule_book_check CHECK ((length(rule_book) = 64)),
    CONSTRAINT documents_title_check CHECK (((title <> ''::text) AND (length(title) <= 300)))
);

CREATE TABLE intake.dossier_entries (
    document_id uuid NOT NULL,
    "position" integer NOT NULL,
    key text NOT NULL,
    part smallint NOT NULL,
    type text NOT NULL,
    stage text NOT NULL,
    ordinal integer NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor jsonb NOT NULL,
    text_hash text,
    record_hash text,
    rule_id text,
    article text,
    detail jsonb NOT NULL,
    prev_hash text NOT NULL,
    entry_hash text NOT NULL,
    CONSTRAINT dossier_entries_entry_hash_check CHECK ((entry_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT dossier_entries_key_check CHECK ((key <> ''::text)),
    CONSTRAINT dossier_entries_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT dossier_entries_part_check CHECK (((part >= 1) AND (part <= 19))),
    CONSTRAINT dossier_entries_position_check CHECK (("position" >= 1)),
    CONSTRAINT dossier_entries_prev_hash_check CHECK ((prev_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT dossier_entries_type_check CHECK ((type <> ''::text))
);

CREATE TABLE intake.entry_batches (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    content_hash text NOT NULL,
    name text NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT entry_batches_content_hash_check CHECK ((length(content_hash) = 64)),
    CONSTRAINT entry_batches_name_check CHECK ((length(name) <= 200))
);

CREATE TABLE intake.entry_rows (
    batch_id uuid NOT NULL,
    "row" integer NOT NULL,
    comment_id uuid NOT NULL,
    CONSTRAINT entry_rows_row_check CHECK (("row" >= 2))
);

CREATE TABLE intake.feedback_summaries (
    window_id uuid NOT NULL,
    summary_hash text NOT NULL,
    received integer NOT NULL,
    late integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ordinal integer DEFAULT 1 NOT NULL,
    CONSTRAINT feedback_summaries_late_check CHECK ((late >= 0)),
    CONSTRAINT feedback_summaries_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT feedback_summaries_received_check CHECK ((received >= 0)),
    CONSTRAINT feedback_summaries_summary_hash_check CHECK ((length(summary_hash) = 64))
);

CREATE TABLE intake.group_answers (
    group_id uuid NOT NULL,
    window_id uuid NOT NULL,
    revision integer NOT NULL,
    size integer NOT NULL,
    CONSTRAINT group_answers_revision_check CHECK ((revision >= 1)),
    CONSTRAINT group_answers_size_check CHECK ((size >= 0))
);

COMMENT ON TABLE intake.group_answers IS 'how many of a group''s opinions that stand came by each answer to the group';

CREATE TABLE intake.idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash text NOT NULL,
    status integer,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

CREATE TABLE intake.kept_figures (
    issuer_unit text NOT NULL,
    year integer NOT NULL,
    content_hash text NOT NULL,
    kept_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT kept_figures_content_hash_check CHECK ((length(content_hash) = 64))
);

CREATE TABLE intake.mail_retries (
    mail_id uuid NOT NULL,
    window_id uuid NOT NULL,
    was text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT mail_retries_was_check CHECK ((was = ANY (ARRAY['failed'::text, 'bounced'::text])))
);

CREATE TABLE intake.mask_readings (
    window_id uuid NOT NULL,
    through uuid NOT NULL
);

CREATE TABLE intake.moderated_comments (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    ordinal integer NOT NULL
);

CREATE TABLE intake.moderation_acts (
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    act text NOT NULL,
    reason text NOT NULL,
    words text NOT NULL,
    chosen_by text NOT NULL,
    count integer NOT NULL,
    acted_by text NOT NULL,
    unit_id text NOT NULL,
    acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT moderation_acts_act_check CHECK ((act = ANY (ARRAY['hidden'::text, 'shown'::text]))),
    CONSTRAINT moderation_acts_chosen_by_check CHECK ((chosen_by = ANY (ARRAY['selection'::text, 'group'::text, 'search'::text]))),
    CONSTRAINT moderation_acts_count_check CHECK ((count >= 1)),
    CONSTRAINT moderation_acts_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT moderation_acts_reason_check CHECK ((reason = ANY (ARRAY['personal_data'::text, 'insult'::text, 'advertising'::text, 'unlawful'::text, 'mistake'::text]))),
    CONSTRAINT moderation_acts_words_check CHECK (((btrim(words) <> ''::text) AND (length(words) <= 500)))
);

CREATE TABLE intake.opinion_group_acts (
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    act text NOT NULL,
    acted_by text,
    acted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    detail jsonb NOT NULL,
    CONSTRAINT opinion_group_acts_act_check CHECK ((act = ANY (ARRAY['grouped'::text, 'split'::text, 'moved'::text, 'merged'::text, 'named'::text]))),
    CONSTRAINT opinion_group_acts_ordinal_check CHECK ((ordinal >= 1))
);

CREATE TABLE intake.opinion_groups (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    made_by text,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    retired_at timestamp with time zone,
    closing integer,
    revision integer DEFAULT 1 NOT NULL,
    representative uuid,
    size integer DEFAULT 0 NOT NULL,
    answered integer DEFAULT 0 NOT NULL,
    busiest_hour integer DEFAULT 0 NOT NULL,
    profile jsonb DEFAULT '[]'::jsonb NOT NULL,
    own integer DEFAULT 0 NOT NULL,
    CONSTRAINT opinion_groups_answered_check CHECK ((answered >= 0)),
    CONSTRAINT opinion_groups_busiest_hour_check CHECK ((busiest_hour >= 0)),
    CONSTRAINT opinion_groups_check CHECK (((closing IS NULL) = (made_by IS NOT NULL))),
    CONSTRAINT opinion_groups_closing_check CHECK ((closing >= 1)),
    CONSTRAINT opinion_groups_name_check CHECK ((length(name) <= 100)),
    CONSTRAINT opinion_groups_own_check CHECK ((own >= 0)),
    CONSTRAINT opinion_groups_revision_check CHECK ((revision >= 1)),
    CONSTRAINT opinion_groups_size_check CHECK ((size >= 0))
);

COMMENT ON COLUMN intake.opinion_groups.made_by IS 'the person; null for the machine';

COMMENT ON COLUMN intake.opinion_groups.closing IS 'the summary with which the machine made it; null for a person''s';

COMMENT ON COLUMN intake.opinion_groups.revision IS 'grows with every act on the group: two persons do not overwrite each other';

COMMENT ON COLUMN intake.opinion_groups.size IS 'opinions that stand: a withdrawn one leaves';

COMMENT ON COLUMN intake.opinion_groups.profile IS '[[day, opinions], ...] in the office''s days';

COMMENT ON COLUMN intake.opinion_groups.own IS 'opinions that stand and were answered by themselves: each is a line of its own';

CREATE TABLE intake.opinion_lines (
    window_id uuid NOT NULL,
    "position" integer NOT NULL,
    key text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    comment_id uuid NOT NULL,
    size integer NOT NULL,
    disposition text NOT NULL,
    reason text NOT NULL,
    clause text NOT NULL,
    CONSTRAINT opinion_lines_disposition_check CHECK ((disposition = ANY (ARRAY['adopted'::text, 'partly'::text, 'not_adopted'::text]))),
    CONSTRAINT opinion_lines_position_check CHECK (("position" >= 1)),
    CONSTRAINT opinion_lines_size_check CHECK ((size >= 1))
);

CREATE TABLE intake.opinion_members (
    comment_id uuid NOT NULL,
    window_id uuid NOT NULL,
    machine_group uuid,
    person_group uuid,
    group_id uuid GENERATED ALWAYS AS (COALESCE(person_group, machine_group)) STORED,
    closing integer DEFAULT 1 NOT NULL,
    CONSTRAINT opinion_members_check CHECK (((machine_group IS NOT NULL) OR (person_group IS NOT NULL))),
    CONSTRAINT opinion_members_closing_check CHECK ((closing >= 1))
);

CREATE TABLE intake.opinion_tables (
    window_id uuid NOT NULL,
    table_hash text NOT NULL,
    lines integer NOT NULL,
    published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT opinion_tables_lines_check CHECK ((lines >= 0)),
    CONSTRAINT opinion_tables_table_hash_check CHECK ((length(table_hash) = 64))
);

CREATE TABLE intake.outbox (
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

ALTER TABLE intake.outbox ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME intake.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE intake.refused_attempts (
    window_id uuid CONSTRAINT late_attempts_window_id_not_null NOT NULL,
    at timestamp with time zone DEFAULT date_trunc('hour'::text, clock_timestamp()) CONSTRAINT late_attempts_at_not_null NOT NULL,
    channel text CONSTRAINT late_attempts_channel_not_null NOT NULL,
    code text DEFAULT 'comment.window_closed'::text NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    CONSTRAINT refused_attempts_count_check CHECK ((count >= 1))
);

COMMENT ON COLUMN intake.refused_attempts.at IS 'the hour';

CREATE TABLE intake.sheet_previews (
    id uuid NOT NULL,
    window_id uuid NOT NULL,
    kind text NOT NULL,
    content_hash text NOT NULL,
    name text NOT NULL,
    rows jsonb,
    revision integer NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    applied_at timestamp with time zone,
    outcome jsonb,
    CONSTRAINT sheet_previews_check CHECK (((applied_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT sheet_previews_check1 CHECK (((applied_at IS NULL) OR (rows IS NULL))),
    CONSTRAINT sheet_previews_content_hash_check CHECK ((length(content_hash) = 64)),
    CONSTRAINT sheet_previews_kind_check CHECK ((kind = ANY (ARRAY['answers'::text, 'entries'::text]))),
    CONSTRAINT sheet_previews_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT sheet_previews_revision_check CHECK ((revision >= 0))
);

CREATE UNLOGGED TABLE intake.spent_proofs (
    mark bytea NOT NULL,
    spent_for bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE intake.stages (
    document_id uuid NOT NULL,
    stage text NOT NULL,
    ordinal integer NOT NULL,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone,
    outcome text,
    text_hash text NOT NULL,
    actor_id text,
    record_hash text,
    rule_id text,
    due jsonb,
    codes text[] DEFAULT '{}'::text[] NOT NULL,
    facts jsonb,
    CONSTRAINT stages_ordinal_check CHECK ((ordinal >= 1))
);

CREATE TABLE intake.versions (
    document_id uuid NOT NULL,
    version integer NOT NULL,
    text_hash text NOT NULL,
    materials_hash text NOT NULL,
    structure_hash text NOT NULL,
    task_count integer DEFAULT 0 NOT NULL,
    characters integer NOT NULL,
    file_hash text,
    file_name text,
    media_type text NOT NULL,
    change_note text DEFAULT ''::text NOT NULL,
    submitted_by text NOT NULL,
    submitted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT versions_characters_check CHECK ((characters > 0)),
    CONSTRAINT versions_file_hash_check CHECK ((length(file_hash) = 64)),
    CONSTRAINT versions_materials_hash_check CHECK ((length(materials_hash) = 64)),
    CONSTRAINT versions_structure_hash_check CHECK ((length(structure_hash) = 64)),
    CONSTRAINT versions_task_count_check CHECK ((task_count >= 0)),
    CONSTRAINT versions_text_hash_check CHECK ((length(text_hash) = 64)),
    CONSTRAINT versions_version_check CHECK ((version >= 1))
);

CREATE TABLE intake.window_changes (
    window_id uuid NOT NULL,
    ordinal integer NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    changed_by text NOT NULL,
    from_closes_at timestamp with time zone NOT NULL,
    to_closes_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    kind text DEFAULT 'extended'::text NOT NULL,
    changed_unit text,
    gap_from timestamp with time zone,
    CONSTRAINT window_changes_changed_unit_check CHECK ((changed_unit <> ''::text)),
    CONSTRAINT window_changes_check CHECK (((kind = ANY (ARRAY['suspended'::text, 'stopped'::text])) OR (to_closes_at > from_closes_at) OR (kind = 'resumed'::text))),
    CONSTRAINT window_changes_gap CHECK (((gap_from IS NOT NULL) = (kind = ANY (ARRAY['resumed'::text, 'reopened'::text])))),
    CONSTRAINT window_changes_gap_ends CHECK ((gap_from <= changed_at)),
    CONSTRAINT window_changes_kind_check CHECK ((kind = ANY (ARRAY['extended'::text, 'suspended'::text, 'resumed'::text, 'stopped'::text, 'reopened'::text]))),
    CONSTRAINT window_changes_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT window_changes_reason_check CHECK ((btrim(reason) <> ''::text))
);

CREATE TABLE intake.window_tallies (
    window_id uuid NOT NULL,
    received integer NOT NULL,
    withdrawn integer NOT NULL,
    late integer NOT NULL,
    groups integer DEFAULT 0 NOT NULL,
    answered integer DEFAULT 0 NOT NULL,
    adopted integer DEFAULT 0 NOT NULL,
    partly integer DEFAULT 0 NOT NULL,
    not_adopted integer DEFAULT 0 NOT NULL,
    CONSTRAINT window_tallies_adopted_check CHECK ((adopted >= 0)),
    CONSTRAINT window_tallies_answered_check CHECK ((answered >= 0)),
    CONSTRAINT window_tallies_check CHECK ((answered = ((adopted + partly) + not_adopted))),
    CONSTRAINT window_tallies_groups_check CHECK ((groups >= 0)),
    CONSTRAINT window_tallies_late_check CHECK ((late >= 0)),
    CONSTRAINT window_tallies_not_adopted_check CHECK ((not_adopted >= 0)),
    CONSTRAINT window_tallies_partly_check CHECK ((partly >= 0)),
    CONSTRAINT window_tallies_received_check CHECK ((received >= 0)),
    CONSTRAINT window_tallies_withdrawn_check CHECK ((withdrawn >= 0))
);

ALTER TABLE ONLY intake.answer_drafts
    ADD CONSTRAINT answer_drafts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.answer_drafts
    ADD CONSTRAINT answer_drafts_window_id_ordinal_key UNIQUE (window_id, ordinal);

ALTER TABLE ONLY intake.answer_mailings
    ADD CONSTRAINT answer_mailings_pkey PRIMARY KEY (window_id);

ALTER TABLE ONLY intake.answer_readers
    ADD CONSTRAINT answer_readers_pkey PRIMARY KEY (draft_id, unit_id, person_id);

ALTER TABLE ONLY intake.answer_reasons
    ADD CONSTRAINT answer_reasons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.answer_words
    ADD CONSTRAINT answer_words_pkey PRIMARY KEY (draft_id, ordinal);

ALTER TABLE ONLY intake.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (comment_id);

ALTER TABLE ONLY intake.attachments
    ADD CONSTRAINT attachments_pkey PRIMARY KEY (document_id, version, "position");

ALTER TABLE ONLY intake.comment_attachments
    ADD CONSTRAINT comment_attachments_pkey PRIMARY KEY (comment_id, "position");

ALTER TABLE ONLY intake.comment_clauses
    ADD CONSTRAINT comment_clauses_pkey PRIMARY KEY (comment_id, ordinal);

ALTER TABLE ONLY intake.comment_contacts
    ADD CONSTRAINT comment_contacts_pkey PRIMARY KEY (comment_id);

ALTER TABLE ONLY intake.comment_files
    ADD CONSTRAINT comment_files_pkey PRIMARY KEY (content_hash);

ALTER TABLE ONLY intake.comment_hints
    ADD CONSTRAINT comment_hints_pkey PRIMARY KEY (comment_id, hint);

ALTER TABLE ONLY intake.comment_masks
    ADD CONSTRAINT comment_masks_pkey PRIMARY KEY (comment_id, start_at, end_at);

ALTER TABLE ONLY intake.comment_rates
    ADD CONSTRAINT comment_rates_pkey PRIMARY KEY (key);

ALTER TABLE ONLY intake.comment_seals
    ADD CONSTRAINT comment_seals_pkey PRIMARY KEY (window_id, ordinal);

ALTER TABLE ONLY intake.commenter_mails
    ADD CONSTRAINT commenter_mails_fact_key UNIQUE (fact);

ALTER TABLE ONLY intake.commenter_mails
    ADD CONSTRAINT commenter_mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.comments
    ADD CONSTRAINT comments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.comments
    ADD CONSTRAINT comments_receipt_key UNIQUE (receipt);

ALTER TABLE ONLY intake.contact_erasures
    ADD CONSTRAINT contact_erasures_pkey PRIMARY KEY (comment_id);

ALTER TABLE ONLY intake.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.documents
    ADD CONSTRAINT documents_receipt_key UNIQUE (receipt);

ALTER TABLE ONLY intake.dossier_entries
    ADD CONSTRAINT dossier_entries_document_id_key_key UNIQUE (document_id, key);

ALTER TABLE ONLY intake.dossier_entries
    ADD CONSTRAINT dossier_entries_pkey PRIMARY KEY (document_id, "position");

ALTER TABLE ONLY intake.entry_batches
    ADD CONSTRAINT entry_batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.entry_batches
    ADD CONSTRAINT entry_batches_window_id_content_hash_key UNIQUE (window_id, content_hash);

ALTER TABLE ONLY intake.entry_rows
    ADD CONSTRAINT entry_rows_comment_id_key UNIQUE (comment_id);

ALTER TABLE ONLY intake.entry_rows
    ADD CONSTRAINT entry_rows_pkey PRIMARY KEY (batch_id, "row");

ALTER TABLE ONLY intake.feedback_summaries
    ADD CONSTRAINT feedback_summaries_pkey PRIMARY KEY (window_id, ordinal);

ALTER TABLE ONLY intake.group_answers
    ADD CONSTRAINT group_answers_pkey PRIMARY KEY (group_id, revision);

ALTER TABLE ONLY intake.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY intake.kept_figures
    ADD CONSTRAINT kept_figures_pkey PRIMARY KEY (issuer_unit, year, content_hash);

ALTER TABLE ONLY intake.mask_readings
    ADD CONSTRAINT mask_readings_pkey PRIMARY KEY (window_id);

ALTER TABLE ONLY intake.moderated_comments
    ADD CONSTRAINT moderated_comments_pkey PRIMARY KEY (comment_id, ordinal);

ALTER TABLE ONLY intake.moderation_acts
    ADD CONSTRAINT moderation_acts_pkey PRIMARY KEY (window_id, ordinal);

ALTER TABLE ONLY intake.opinion_group_acts
    ADD CONSTRAINT opinion_group_acts_pkey PRIMARY KEY (window_id, ordinal);

ALTER TABLE ONLY intake.opinion_groups
    ADD CONSTRAINT opinion_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.opinion_lines
    ADD CONSTRAINT opinion_lines_pkey PRIMARY KEY (window_id, "position");

ALTER TABLE ONLY intake.opinion_members
    ADD CONSTRAINT opinion_members_pkey PRIMARY KEY (comment_id);

ALTER TABLE ONLY intake.opinion_tables
    ADD CONSTRAINT opinion_tables_pkey PRIMARY KEY (window_id);

ALTER TABLE ONLY intake.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.refused_attempts
    ADD CONSTRAINT refused_attempts_pkey PRIMARY KEY (window_id, at, channel, code);

ALTER TABLE ONLY intake.sheet_previews
    ADD CONSTRAINT sheet_previews_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.spent_proofs
    ADD CONSTRAINT spent_proofs_pkey PRIMARY KEY (mark);

ALTER TABLE ONLY intake.stages
    ADD CONSTRAINT stages_pkey PRIMARY KEY (document_id, stage, ordinal);

ALTER TABLE ONLY intake.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (document_id, version);

ALTER TABLE ONLY intake.window_changes
    ADD CONSTRAINT window_changes_pkey PRIMARY KEY (window_id, ordinal);

ALTER TABLE ONLY intake.window_tallies
    ADD CONSTRAINT window_tallies_pkey PRIMARY KEY (window_id);

ALTER TABLE ONLY intake.windows
    ADD CONSTRAINT windows_pkey PRIMARY KEY (id);

ALTER TABLE ONLY intake.windows
    ADD CONSTRAINT windows_reply_to_key UNIQUE (reply_to);

CREATE INDEX answer_mailings_open ON intake.answer_mailings USING btree (window_id) WHERE (listed_at IS NULL);

CREATE INDEX answer_readers_person ON intake.answer_readers USING btree (person_id) WHERE (person_id <> ''::text);

CREATE INDEX answer_readers_unit ON intake.answer_readers USING btree (unit_id) WHERE (unit_id <> ''::text);

CREATE INDEX answer_reasons_of_window ON intake.answer_reasons USING btree (window_id, made_at);

CREATE INDEX answers_of_window ON intake.answers USING btree (window_id, disposition);

CREATE INDEX answers_own ON intake.answers USING btree (window_id, comment_id) WHERE own;

CREATE INDEX comment_attachments_by_hash ON intake.comment_attachments USING btree (content_hash);

CREATE INDEX comment_clauses_of_window ON intake.comment_clauses USING btree (window_id, comment_id);

CREATE INDEX comment_files_by_age ON intake.comment_files USING btree (kept_at);

CREATE INDEX comment_hints_of_window ON intake.comment_hints USING btree (window_id, comment_id);

CREATE INDEX comment_mask_acts_of_comment ON intake.comment_mask_acts USING btree (comment_id);

CREATE INDEX comment_masks_open ON intake.comment_masks USING btree (window_id, comment_id) WHERE (covered IS NULL);

CREATE INDEX commenter_mails_due ON intake.commenter_mails USING btree (kind, due_at) WHERE ((sent_at IS NULL) AND (failed IS NULL));

CREATE INDEX commenter_mails_of_sender ON intake.commenter_mails USING btree (window_id, kind, sender, made_at);

CREATE INDEX commenter_mails_undelivered ON intake.commenter_mails USING btree (window_id) WHERE ((failed IS NOT NULL) OR (bounced_at IS NOT NULL));

CREATE INDEX comments_alike ON intake.comments USING btree (window_id, likeness);

CREATE INDEX comments_hidden_ones ON intake.comments USING btree (window_id, id) INCLUDE (hidden_reason) WHERE (hidden_at IS NOT NULL);

CREATE INDEX comments_of_window ON intake.comments USING btree (window_id, id);

CREATE INDEX documents_of_kind ON intake.documents USING btree (issuer_unit, kind, submitted_at);

CREATE INDEX documents_of_unit ON intake.documents USING btree (drafting_unit, submitted_at DESC, id DESC);

CREATE INDEX group_answers_largest_first ON intake.group_answers USING btree (window_id, ((- size)), group_id, revision) WHERE (size > 0);

CREATE INDEX idempotency_age ON intake.idempotency USING btree (created_at);

CREATE INDEX mail_retries_of_mail ON intake.mail_retries USING btree (mail_id);

CREATE UNIQUE INDEX one_report_a_year ON intake.documents USING btree (issuer_unit, report_year) WHERE ((report_year IS NOT NULL) AND (withdrawn_at IS NULL));

CREATE INDEX opinion_groups_as_lines ON intake.opinion_groups USING btree (window_id, ((own - size)), id) WHERE ((retired_at IS NULL) AND (own < size));

CREATE INDEX opinion_groups_largest_first ON intake.opinion_groups USING btree (window_id, ((- size)), id) WHERE (retired_at IS NULL);

CREATE INDEX opinion_groups_left ON intake.opinion_groups USING btree (window_id, ((answered - size)), id) WHERE ((retired_at IS NULL) AND (answered < size));

CREATE INDEX opinion_groups_of_window ON intake.opinion_groups USING btree (window_id, id);

CREATE INDEX opinion_groups_to_answer ON intake.opinion_groups USING btree (window_id, ((own - size)), id) WHERE ((retired_at IS NULL) AND (answered < size));

CREATE INDEX opinion_members_of_group ON intake.opinion_members USING btree (window_id, group_id, comment_id);

CREATE INDEX opinion_members_of_machine ON intake.opinion_members USING btree (machine_group);

CREATE INDEX opinion_members_of_person ON intake.opinion_members USING btree (person_group) WHERE (person_group IS NOT NULL);

CREATE INDEX outbox_due ON intake.outbox USING btree (next_try_at, "position") WHERE (state = 'waiting'::text);

CREATE INDEX outbox_parked ON intake.outbox USING btree ("position") WHERE (state = 'parked'::text);

CREATE INDEX outbox_waiting ON intake.outbox USING btree (key, "position") WHERE (state = 'waiting'::text);

CREATE INDEX sheet_previews_waiting ON intake.sheet_previews USING btree (made_at) WHERE (rows IS NOT NULL);

CREATE INDEX versions_of_text ON intake.versions USING btree (document_id, text_hash);

CREATE UNIQUE INDEX windows_by_mailbox ON intake.windows USING btree ("right"((id)::text, 12));

CREATE INDEX windows_due ON intake.windows USING btree (closes_at) WHERE (closed_at IS NULL);

CREATE INDEX windows_newest ON intake.windows USING btree (opens_at DESC, id DESC);

CREATE INDEX windows_of_document ON intake.windows USING btree (document_id, opens_at);

CREATE TRIGGER answer_drafts_stay BEFORE DELETE OR UPDATE ON intake.answer_drafts FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER answer_readers_stay BEFORE DELETE OR UPDATE ON intake.answer_readers FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER answer_reasons_stay BEFORE DELETE ON intake.answer_reasons FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER answer_words_stay BEFORE DELETE OR UPDATE ON intake.answer_words FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER answers_tallied_1_gone AFTER UPDATE ON intake.answers REFERENCING OLD TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.answers_go();

CREATE TRIGGER answers_tallied_2_come AFTER UPDATE ON intake.answers REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.answers_come();

CREATE TRIGGER answers_tallied_come AFTER INSERT ON intake.answers REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.answers_come();

CREATE TRIGGER answers_tallied_gone AFTER DELETE ON intake.answers REFERENCING OLD TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.answers_go();

CREATE TRIGGER attachments_stay BEFORE DELETE OR UPDATE ON intake.attachments FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comment_attachments_stay BEFORE DELETE OR UPDATE ON intake.comment_attachments FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comment_clauses_in_time BEFORE INSERT ON intake.comment_clauses FOR EACH ROW WHEN ((new.ordinal > 1)) EXECUTE FUNCTION intake.comment_clauses_in_time();

CREATE TRIGGER comment_clauses_stay BEFORE DELETE OR UPDATE ON intake.comment_clauses FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comment_mask_acts_stay BEFORE DELETE OR UPDATE ON intake.comment_mask_acts FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comment_masks_history AFTER INSERT OR UPDATE ON intake.comment_masks FOR EACH ROW EXECUTE FUNCTION intake.comment_masks_history();

CREATE TRIGGER comment_masks_stay BEFORE DELETE ON intake.comment_masks FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comment_seals_stay BEFORE DELETE OR UPDATE ON intake.comment_seals FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER comments_keep_their_words BEFORE UPDATE ON intake.comments FOR EACH ROW EXECUTE FUNCTION intake.comments_keep_their_words();

CREATE TRIGGER comments_stay BEFORE DELETE ON intake.comments FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER contact_erasures_stay BEFORE DELETE OR UPDATE ON intake.contact_erasures FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER documents_stay BEFORE DELETE ON intake.documents FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER dossier_continues BEFORE INSERT ON intake.dossier_entries FOR EACH ROW EXECUTE FUNCTION intake.dossier_continues();

CREATE TRIGGER dossier_stays BEFORE DELETE OR UPDATE ON intake.dossier_entries FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER dossier_stays_whole BEFORE TRUNCATE ON intake.dossier_entries FOR EACH STATEMENT EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER entry_batches_stay BEFORE DELETE OR UPDATE ON intake.entry_batches FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER entry_rows_stay BEFORE DELETE OR UPDATE ON intake.entry_rows FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER feedback_summaries_stay BEFORE DELETE OR UPDATE ON intake.feedback_summaries FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER group_answers_1_gone AFTER UPDATE ON intake.answers REFERENCING OLD TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.group_answers_go();

CREATE TRIGGER group_answers_2_come AFTER UPDATE ON intake.answers REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.group_answers_come();

CREATE TRIGGER group_answers_come AFTER INSERT ON intake.answers REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.group_answers_come();

CREATE TRIGGER group_answers_gone AFTER DELETE ON intake.answers REFERENCING OLD TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION intake.group_answers_go();

CREATE TRIGGER guard_answer_words BEFORE INSERT ON intake.answer_words FOR EACH ROW EXECUTE FUNCTION intake.guard_answer_words();

CREATE TRIGGER guard_covering BEFORE INSERT ON intake.comment_masks FOR EACH ROW EXECUTE FUNCTION intake.guard_covering();

CREATE TRIGGER guard_hiding BEFORE INSERT ON intake.moderation_acts FOR EACH ROW EXECUTE FUNCTION intake.guard_hiding();

CREATE TRIGGER mail_retries_stay BEFORE DELETE OR UPDATE ON intake.mail_retries FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER moderated_comments_stay BEFORE DELETE OR UPDATE ON intake.moderated_comments FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER moderation_acts_stay BEFORE DELETE OR UPDATE ON intake.moderation_acts FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER opinion_group_acts_stay BEFORE DELETE OR UPDATE ON intake.opinion_group_acts FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER opinion_lines_stay BEFORE DELETE OR UPDATE ON intake.opinion_lines FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER opinion_tables_stay BEFORE DELETE OR UPDATE ON intake.opinion_tables FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER outbox_wake AFTER INSERT ON intake.outbox FOR EACH STATEMENT EXECUTE FUNCTION intake.outbox_wake();

CREATE TRIGGER published_answers_stay BEFORE INSERT OR DELETE OR UPDATE ON intake.answers FOR EACH ROW EXECUTE FUNCTION intake.published_answers_stay();

CREATE TRIGGER sealed_comments_take_no_files BEFORE INSERT ON intake.comment_attachments FOR EACH ROW EXECUTE FUNCTION intake.sealed_comments_take_no_files();

CREATE TRIGGER stages_stay BEFORE DELETE ON intake.stages FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER versions_stay BEFORE DELETE OR UPDATE ON intake.versions FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER window_changes_stay BEFORE DELETE OR UPDATE ON intake.window_changes FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER windows_stay BEFORE DELETE ON intake.windows FOR EACH ROW EXECUTE FUNCTION intake.record_stays();

CREATE TRIGGER windows_wake AFTER INSERT OR UPDATE OF closes_at ON intake.windows FOR EACH STATEMENT EXECUTE FUNCTION intake.windows_wake();

CREATE TRIGGER withdrawn_leaves_the_tallies AFTER UPDATE OF withdrawn_at ON intake.comments FOR EACH ROW WHEN (((old.withdrawn_at IS NULL) AND (new.withdrawn_at IS NOT NULL))) EXECUTE FUNCTION intake.withdrawn_leaves_the_tallies();

ALTER TABLE ONLY intake.answer_drafts
    ADD CONSTRAINT answer_drafts_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.answer_mailings
    ADD CONSTRAINT answer_mailings_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.answer_readers
    ADD CONSTRAINT answer_readers_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES intake.answer_drafts(id);

ALTER TABLE ONLY intake.answer_reasons
    ADD CONSTRAINT answer_reasons_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.answer_words
    ADD CONSTRAINT answer_words_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES intake.answer_drafts(id);

ALTER TABLE ONLY intake.answers
    ADD CONSTRAINT answers_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.answers
    ADD CONSTRAINT answers_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.attachments
    ADD CONSTRAINT attachments_document_id_version_fkey FOREIGN KEY (document_id, version) REFERENCES intake.versions(document_id, version);

ALTER TABLE ONLY intake.comment_attachments
    ADD CONSTRAINT comment_attachments_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.comment_clauses
    ADD CONSTRAINT comment_clauses_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.comment_clauses
    ADD CONSTRAINT comment_clauses_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.comment_contacts
    ADD CONSTRAINT comment_contacts_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.comment_hints
    ADD CONSTRAINT comment_hints_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.comment_hints
    ADD CONSTRAINT comment_hints_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.comment_mask_acts
    ADD CONSTRAINT comment_mask_acts_comment_id_start_at_end_at_fkey FOREIGN KEY (comment_id, start_at, end_at) REFERENCES intake.comment_masks(comment_id, start_at, end_at);

ALTER TABLE ONLY intake.comment_masks
    ADD CONSTRAINT comment_masks_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.comment_masks
    ADD CONSTRAINT comment_masks_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.comment_seals
    ADD CONSTRAINT comment_seals_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.comment_seals
    ADD CONSTRAINT comment_seals_window_id_ordinal_fkey FOREIGN KEY (window_id, ordinal) REFERENCES intake.feedback_summaries(window_id, ordinal) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY intake.commenter_mails
    ADD CONSTRAINT commenter_mails_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.comments
    ADD CONSTRAINT comments_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.contact_erasures
    ADD CONSTRAINT contact_erasures_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.dossier_entries
    ADD CONSTRAINT dossier_entries_document_id_fkey FOREIGN KEY (document_id) REFERENCES intake.documents(id);

ALTER TABLE ONLY intake.entry_batches
    ADD CONSTRAINT entry_batches_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.entry_rows
    ADD CONSTRAINT entry_rows_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES intake.entry_batches(id);

ALTER TABLE ONLY intake.entry_rows
    ADD CONSTRAINT entry_rows_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.feedback_summaries
    ADD CONSTRAINT feedback_summaries_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.group_answers
    ADD CONSTRAINT group_answers_group_id_fkey FOREIGN KEY (group_id) REFERENCES intake.opinion_groups(id);

ALTER TABLE ONLY intake.group_answers
    ADD CONSTRAINT group_answers_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.refused_attempts
    ADD CONSTRAINT late_attempts_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.mail_retries
    ADD CONSTRAINT mail_retries_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.mask_readings
    ADD CONSTRAINT mask_readings_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.moderated_comments
    ADD CONSTRAINT moderated_comments_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.moderated_comments
    ADD CONSTRAINT moderated_comments_window_id_ordinal_fkey FOREIGN KEY (window_id, ordinal) REFERENCES intake.moderation_acts(window_id, ordinal);

ALTER TABLE ONLY intake.moderation_acts
    ADD CONSTRAINT moderation_acts_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.opinion_group_acts
    ADD CONSTRAINT opinion_group_acts_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.opinion_groups
    ADD CONSTRAINT opinion_groups_representative_fkey FOREIGN KEY (representative) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.opinion_groups
    ADD CONSTRAINT opinion_groups_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.opinion_lines
    ADD CONSTRAINT opinion_lines_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.opinion_lines
    ADD CONSTRAINT opinion_lines_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.opinion_members
    ADD CONSTRAINT opinion_members_comment_id_fkey FOREIGN KEY (comment_id) REFERENCES intake.comments(id);

ALTER TABLE ONLY intake.opinion_members
    ADD CONSTRAINT opinion_members_machine_group_fkey FOREIGN KEY (machine_group) REFERENCES intake.opinion_groups(id);

ALTER TABLE ONLY intake.opinion_members
    ADD CONSTRAINT opinion_members_person_group_fkey FOREIGN KEY (person_group) REFERENCES intake.opinion_groups(id);

ALTER TABLE ONLY intake.opinion_members
    ADD CONSTRAINT opinion_members_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.opinion_tables
    ADD CONSTRAINT opinion_tables_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.sheet_previews
    ADD CONSTRAINT sheet_previews_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.stages
    ADD CONSTRAINT stages_document_id_fkey FOREIGN KEY (document_id) REFERENCES intake.documents(id);

ALTER TABLE ONLY intake.versions
    ADD CONSTRAINT versions_document_id_fkey FOREIGN KEY (document_id) REFERENCES intake.documents(id);

ALTER TABLE ONLY intake.window_changes
    ADD CONSTRAINT window_changes_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.window_tallies
    ADD CONSTRAINT window_tallies_window_id_fkey FOREIGN KEY (window_id) REFERENCES intake.windows(id);

ALTER TABLE ONLY intake.windows
    ADD CONSTRAINT windows_document_id_fkey FOREIGN KEY (document_id) REFERENCES intake.documents(id);

ALTER TABLE ONLY intake.windows
    ADD CONSTRAINT windows_document_id_version_fkey FOREIGN KEY (document_id, version) REFERENCES intake.versions(document_id, version);
