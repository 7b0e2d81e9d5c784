-- The schema `tasks` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA tasks;

CREATE FUNCTION tasks.belongs_to(units text[], who text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select exists (select 1 from directory.offices o
                    where o.unit_id = any(units) and directory.one_pair_of_eyes(who, o.person_id))
$$;

CREATE FUNCTION tasks.decide_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if old.decision is not null then
        raise exception 'a decision in % is final', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_approval() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    if exists (select 1 from inspections i
                where i.id = new.inspection_id and directory.one_pair_of_eyes(new.person_id, i.person_id)) then
        raise exception 'inspection.own_proposal';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_inspecting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    if not inspection_is_approved(new.inspection_id) then
        raise exception 'inspection.unapproved';
    end if;
    if exists (select 1 from inspection_recusals where inspection_id = new.inspection_id and person_id = new.person_id)
        or not exists (select 1 from inspection_members
                        where inspection_id = new.inspection_id and person_id = new.person_id) then
        raise exception 'inspection.not_a_member';
    end if;
    -- Offices change while an inspection runs.
    if belongs_to(inspected_units(new.inspection_id), new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_item() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' then
        raise exception 'items are kept' using errcode = 'restrict_violation';
    end if;
    if old.state in ('done', 'cancelled') then
        raise exception 'a closed item stays closed' using errcode = 'restrict_violation';
    end if;
    if new.version <> old.version + 1 then
        raise exception 'an act makes the next version' using errcode = 'restrict_violation';
    end if;
    if (new.id, new.key, new.document_id, new.stage, new.ordinal, new.role, new.unit_id, new.sort, new.parent_id,
        new.asked_by, new.question)
       is distinct from
       (old.id, old.key, old.document_id, old.stage, old.ordinal, old.role, old.unit_id, old.sort, old.parent_id,
        old.asked_by, old.question) then
        raise exception 'what an item is about stays' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_measure() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    if new.act = 'issued'
        and not exists (select 1 from inspection_measure_acts where measure_id = new.measure_id and act = 'approved') then
        raise exception 'measure.unapproved';
    end if;
    if new.act in ('approved', 'refused') and exists (
        select 1 from inspection_measures m
         where m.id = new.measure_id and directory.one_pair_of_eyes(new.person_id, m.person_id)) then
        raise exception 'measure.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_member() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    if new.unit_id = any(inspected_units(new.inspection_id))
       or belongs_to(inspected_units(new.inspection_id), new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_own_completion() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    if new.decision is not null and old.decision is null and own_completion(old, new.decided_by, new.decided_unit) then
        raise exception 'completion.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_own_extension() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.decision is not null and old.decision is null
       and own_task(new.asked_by, new.asked_unit, new.decided_by, new.decided_unit) then
        raise exception 'extension.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_plan() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
begin
    perform 1 from inspections where id = new.inspection_id for update;
    if exists (select 1 from inspection_approvals where inspection_id = new.inspection_id) then
        raise exception 'inspection.widened';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_saved_filter() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if (new.id, new.person_id, new.unit_id, new.made_at) is distinct from (old.id, old.person_id, old.unit_id, old.made_at) then
        raise exception 'a saved filter stays its owner''s' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.guard_step() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'tasks'
    AS $$
declare
    said inspection_conclusions;
    before inspection_steps;
begin
    select * into said from inspection_conclusions where id = new.conclusion_id for update;
    if new.step in ('received', 'objected') and new.unit_id <> said.unit_id then
        raise exception 'inspection.not_the_object';
    end if;
    if new.step = 'objected' then
        select * into before from inspection_steps where conclusion_id = new.conclusion_id and step = 'received';
        if not found then
            raise exception 'inspection.not_received';
        end if;
        if new.day > before.until then
            raise exception 'inspection.objection_late';
        end if;
    end if;
    if new.step = 'reviewed' then
        if not exists (select 1 from inspection_steps where conclusion_id = new.conclusion_id and step = 'objected') then
            raise exception 'inspection.no_objection';
        end if;
        if said.unit_id = new.unit_id or directory.one_pair_of_eyes(new.person_id, said.person_id)
            or exists (select 1 from inspection_members m
                        where m.inspection_id = said.inspection_id
                          and directory.one_pair_of_eyes(new.person_id, m.person_id)) then
            raise exception 'inspection.same_person';
        end if;
    end if;
    if new.step = 'checked' and said.rectify_by is null then
        raise exception 'inspection.nothing_to_check';
    end if;
    if new.step in ('reviewed', 'checked') and belongs_to(array[said.unit_id], new.person_id) then
        raise exception 'inspection.own_unit';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.inspected_units(of_inspection uuid) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'tasks'
    AS $$
    select array(select unit_id from inspection_objects where inspection_id = of_inspection)
$$;

CREATE FUNCTION tasks.inspection_is_approved(asked uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'tasks'
    AS $$
    select exists (select 1 from inspection_approvals where inspection_id = asked and approved)
$$;

CREATE TABLE tasks.items (
    id uuid DEFAULT uuidv7() NOT NULL,
    key text NOT NULL,
    document_id uuid NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    drafting_unit text NOT NULL,
    stage text NOT NULL,
    ordinal integer NOT NULL,
    role text NOT NULL,
    unit_id text,
    link text NOT NULL,
    rule_id text,
    due_on date,
    target_on date,
    due_ends_at timestamp with time zone,
    due_provisional boolean DEFAULT false NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    person_id text,
    person_unit_id text,
    claimed_at timestamp with time zone,
    posted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    outcome text,
    closed_by text,
    place text GENERATED ALWAYS AS (COALESCE(unit_id, ''::text)) STORED NOT NULL,
    due_sort timestamp with time zone GENERATED ALWAYS AS (COALESCE(due_ends_at, '9999-01-01 00:00:00+00'::timestamp with time zone)) STORED NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    sort text DEFAULT 'duty'::text NOT NULL,
    parent_id uuid,
    came_how text DEFAULT 'posted'::text NOT NULL,
    came_from text,
    came_from_unit text,
    came_words text DEFAULT ''::text NOT NULL,
    came_version integer,
    asked_by text,
    asked_by_unit text,
    question text DEFAULT ''::text NOT NULL,
    answer text,
    CONSTRAINT items_answer_check CHECK ((answer <> ''::text)),
    CONSTRAINT items_answer_ends_an_opinion CHECK (((answer IS NOT NULL) = ((sort = 'opinion'::text) AND (NOT (outcome IS DISTINCT FROM 'answered'::text))))),
    CONSTRAINT items_came_how_check CHECK ((came_how = ANY (ARRAY['posted'::text, 'reassigned'::text, 'handed_over'::text, 'asked'::text, 'copied'::text]))),
    CONSTRAINT items_claim_has_a_person CHECK (((person_id IS NULL) = (person_unit_id IS NULL))),
    CONSTRAINT items_claimed_has_a_person CHECK (((state <> 'claimed'::text) OR (person_id IS NOT NULL))),
    CONSTRAINT items_closed_says_how CHECK (((state = ANY (ARRAY['done'::text, 'cancelled'::text])) = ((closed_at IS NOT NULL) AND (outcome IS NOT NULL)))),
    CONSTRAINT items_due_is_whole CHECK (((due_on IS NULL) = (due_ends_at IS NULL))),
    CONSTRAINT items_errand_has_a_parent CHECK (((sort = 'duty'::text) = (parent_id IS NULL))),
    CONSTRAINT items_errand_has_a_person CHECK (((sort = 'duty'::text) OR ((role = 'person'::text) AND (unit_id IS NOT NULL) AND (person_id IS NOT NULL) AND (asked_by IS NOT NULL)))),
    CONSTRAINT items_key_check CHECK ((key <> ''::text)),
    CONSTRAINT items_link_check CHECK (((link ~~ '/%'::text) AND (link !~~ '//%'::text))),
    CONSTRAINT items_open_has_no_person CHECK (((state <> 'open'::text) OR (person_id IS NULL))),
    CONSTRAINT items_ordinal_check CHECK ((ordinal >= 1)),
    CONSTRAINT items_role_check CHECK ((role <> ''::text)),
    CONSTRAINT items_sort_check CHECK ((sort = ANY (ARRAY['duty'::text, 'opinion'::text, 'copy'::text]))),
    CONSTRAINT items_stage_check CHECK ((stage <> ''::text)),
    CONSTRAINT items_state_check CHECK ((state = ANY (ARRAY['open'::text, 'claimed'::text, 'done'::text, 'cancelled'::text]))),
    CONSTRAINT items_unit_id_check CHECK ((unit_id <> ''::text)),
    CONSTRAINT items_version_check CHECK ((version >= 1))
);

CREATE FUNCTION tasks.item_is_sought(item tasks.items, document uuid, at_stage text, of_kind text, from_unit text, words text, numbered uuid[], ends_by timestamp with time zone, ends_after timestamp with time zone, on_from date, on_to date) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    select (document is null or item.document_id = document)
       and (at_stage is null or item.stage = at_stage)
       and (of_kind is null or item.kind = of_kind)
       and (from_unit is null or item.drafting_unit = from_unit)
       and (words is null or position(lower(words) in lower(item.title)) > 0 or item.document_id = any(numbered))
       and (ends_by is null or (item.due_ends_at <= ends_by and not item.due_provisional))
       and (ends_after is null or (item.due_ends_at > ends_after and not item.due_provisional))
       and (on_from is null or (item.due_on >= on_from and not item.due_provisional))
       and (on_to is null or (item.due_on <= on_to and not item.due_provisional))
$$;

CREATE FUNCTION tasks.keep_first_day() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.original_due_on is distinct from old.original_due_on then
        raise exception 'the original day of a task is kept' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION tasks.outbox_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('outbox', tg_table_schema);
    return null;
end
$$;

CREATE TABLE tasks.completions (
    id uuid DEFAULT uuidv7() NOT NULL,
    task_id uuid NOT NULL,
    words text NOT NULL,
    proposed_by text NOT NULL,
    proposed_unit text NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decision text,
    decided_by text,
    decided_at timestamp with time zone,
    decision_words text,
    decided_unit text,
    CONSTRAINT completions_decided_by_another CHECK ((decided_by <> proposed_by)),
    CONSTRAINT completions_decision_check CHECK ((decision = ANY (ARRAY['accepted'::text, 'sent_back'::text]))),
    CONSTRAINT completions_decision_is_whole CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT completions_sent_back_say_why CHECK (((decision <> 'sent_back'::text) OR (decision_words <> ''::text))),
    CONSTRAINT completions_words_check CHECK ((words <> ''::text))
);

CREATE FUNCTION tasks.own_completion(proposed tasks.completions, who text, unit text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'tasks'
    AS $$
    select own_task(proposed.proposed_by, proposed.proposed_unit, who, unit)
        or exists (select 1 from progress_reports r
                    where r.task_id = proposed.task_id and directory.one_pair_of_eyes(who, r.person_id))
$$;

CREATE FUNCTION tasks.own_task(proposer text, proposing text, who text, unit text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select directory.one_pair_of_eyes(who, proposer)
        or unit = proposing and exists (select 1 from directory.offices
                                         where role = 'supervisor' and unit_id <> proposing)
$$;

CREATE FUNCTION tasks.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
$$;

CREATE TABLE tasks.evidence (
    report_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    hash text NOT NULL,
    CONSTRAINT evidence_hash_check CHECK ((length(hash) = 64)),
    CONSTRAINT evidence_name_check CHECK ((name <> ''::text)),
    CONSTRAINT evidence_position_check CHECK (("position" >= 1)),
    CONSTRAINT evidence_size_check CHECK ((size >= 0))
);

CREATE TABLE tasks.extensions (
    id uuid DEFAULT uuidv7() NOT NULL,
    task_id uuid NOT NULL,
    milestone_id uuid NOT NULL,
    from_on date NOT NULL,
    due_ends_at timestamp with time zone NOT NULL,
    to_on date NOT NULL,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_unit text NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    decision text,
    decided_by text,
    decided_at timestamp with time zone,
    decision_words text,
    decided_unit text,
    CONSTRAINT extensions_decided_by_another CHECK ((decided_by <> asked_by)),
    CONSTRAINT extensions_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text]))),
    CONSTRAINT extensions_decision_is_whole CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
    CONSTRAINT extensions_go_forward CHECK ((to_on > from_on)),
    CONSTRAINT extensions_in_time CHECK ((asked_at < due_ends_at)),
    CONSTRAINT extensions_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT extensions_refused_say_why CHECK (((decision <> 'refused'::text) OR (decision_words <> ''::text)))
);

CREATE TABLE tasks.idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash text NOT NULL,
    status integer,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

CREATE TABLE tasks.inspection_approvals (
    inspection_id uuid NOT NULL,
    approved boolean NOT NULL,
    words text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_approvals_words_check CHECK ((words <> ''::text))
);

CREATE TABLE tasks.inspection_conclusions (
    id uuid DEFAULT uuidv7() NOT NULL,
    inspection_id uuid NOT NULL,
    unit_id text NOT NULL,
    words text NOT NULL,
    rectify_by date,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_conclusions_words_check CHECK ((words <> ''::text))
);

CREATE TABLE tasks.inspection_findings (
    id uuid DEFAULT uuidv7() NOT NULL,
    inspection_id uuid NOT NULL,
    unit_id text NOT NULL,
    item text NOT NULL,
    finding text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_findings_finding_check CHECK ((finding <> ''::text))
);

CREATE TABLE tasks.inspection_measure_acts (
    measure_id uuid NOT NULL,
    act text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_measure_acts_act_check CHECK ((act = ANY (ARRAY['approved'::text, 'refused'::text, 'issued'::text])))
);

CREATE TABLE tasks.inspection_measures (
    id uuid DEFAULT uuidv7() NOT NULL,
    inspection_id uuid NOT NULL,
    unit_id text NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_measures_kind_check CHECK ((kind = ANY (ARRAY['praise'::text, 'criticism'::text, 'accountability'::text]))),
    CONSTRAINT inspection_measures_words_check CHECK ((words <> ''::text))
);

CREATE TABLE tasks.inspection_members (
    inspection_id uuid NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    by_id text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE tasks.inspection_objects (
    inspection_id uuid NOT NULL,
    unit_id text NOT NULL
);

CREATE TABLE tasks.inspection_recusals (
    inspection_id uuid NOT NULL,
    person_id text NOT NULL,
    reason text NOT NULL,
    by_id text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_recusals_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE tasks.inspection_scope (
    inspection_id uuid NOT NULL,
    item text NOT NULL,
    CONSTRAINT inspection_scope_item_check CHECK ((item <> ''::text))
);

CREATE TABLE tasks.inspection_steps (
    conclusion_id uuid NOT NULL,
    step text NOT NULL,
    outcome text,
    words text DEFAULT ''::text NOT NULL,
    day date NOT NULL,
    until date,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_steps_outcome_check CHECK ((outcome = ANY (ARRAY['upheld'::text, 'changed'::text, 'withdrawn'::text, 'done'::text, 'not_done'::text]))),
    CONSTRAINT inspection_steps_step_check CHECK ((step = ANY (ARRAY['received'::text, 'objected'::text, 'reviewed'::text, 'checked'::text]))),
    CONSTRAINT step_has_its_outcome CHECK ((
CASE step
    WHEN 'reviewed'::text THEN (outcome = ANY (ARRAY['upheld'::text, 'changed'::text, 'withdrawn'::text]))
    WHEN 'checked'::text THEN (outcome = ANY (ARRAY['done'::text, 'not_done'::text]))
    ELSE (outcome IS NULL)
END IS TRUE)),
    CONSTRAINT step_has_words CHECK (((step = 'received'::text) OR (words <> ''::text))),
    CONSTRAINT step_sets_a_day CHECK (((step = ANY (ARRAY['received'::text, 'objected'::text])) = (until IS NOT NULL)))
);

CREATE TABLE tasks.inspections (
    id uuid DEFAULT uuidv7() NOT NULL,
    unit_id text NOT NULL,
    matter text NOT NULL,
    source text NOT NULL,
    source_words text NOT NULL,
    method text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    proposed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inspection_has_days CHECK ((starts_on <= ends_on)),
    CONSTRAINT inspections_matter_check CHECK ((matter <> ''::text)),
    CONSTRAINT inspections_method_check CHECK ((method <> ''::text)),
    CONSTRAINT inspections_source_check CHECK ((source = ANY (ARRAY['decision'::text, 'instruction'::text, 'proposal'::text]))),
    CONSTRAINT inspections_source_words_check CHECK ((source_words <> ''::text))
);

CREATE TABLE tasks.item_events (
    id bigint NOT NULL,
    item_id uuid NOT NULL,
    event text NOT NULL,
    person_id text,
    unit_id text,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    on_behalf_of text,
    CONSTRAINT item_events_check CHECK ((on_behalf_of <> person_id)),
    CONSTRAINT item_events_event_check CHECK ((event = ANY (ARRAY['posted'::text, 'claimed'::text, 'released'::text, 'due_changed'::text, 'closed'::text, 'reassigned'::text, 'handed_over'::text, 'taken_back'::text, 'asked'::text, 'answered'::text, 'withdrawn'::text, 'urged'::text, 'copied'::text, 'read'::text])))
);

ALTER TABLE tasks.item_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tasks.item_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE tasks.milestones (
    id uuid DEFAULT uuidv7() NOT NULL,
    task_id uuid NOT NULL,
    "position" integer NOT NULL,
    printed text NOT NULL,
    due_from text NOT NULL,
    due_on date NOT NULL,
    original_due_on date NOT NULL,
    reached_on date,
    CONSTRAINT milestones_due_from_check CHECK ((due_from = ANY (ARRAY['text'::text, 'plan'::text]))),
    CONSTRAINT milestones_position_check CHECK (("position" >= 1)),
    CONSTRAINT milestones_printed_check CHECK ((printed <> ''::text))
);

CREATE TABLE tasks.outbox (
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

ALTER TABLE tasks.outbox ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tasks.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE tasks.plan_tasks (
    id uuid DEFAULT uuidv7() NOT NULL,
    document_id uuid NOT NULL,
    key text NOT NULL,
    "position" integer NOT NULL,
    item_no text NOT NULL,
    title text NOT NULL,
    quote text NOT NULL,
    span_start integer NOT NULL,
    span_end integer NOT NULL,
    text_hash text NOT NULL,
    lead_mode text NOT NULL,
    convenor text,
    lead_part text GENERATED ALWAYS AS (
CASE
    WHEN (lead_mode = 'LEAD'::text) THEN 'lead'::text
    ELSE NULL::text
END) STORED,
    due_from text NOT NULL,
    due_on date,
    original_due_on date,
    deliverable text NOT NULL,
    deliverable_default boolean NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    percent integer DEFAULT 0 NOT NULL,
    pace text DEFAULT 'on_track'::text NOT NULL,
    reported_at timestamp with time zone,
    done_on date,
    done_by text,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT plan_tasks_deliverable_check CHECK ((deliverable <> ''::text)),
    CONSTRAINT plan_tasks_due_from_check CHECK ((due_from = ANY (ARRAY['text'::text, 'plan'::text, 'long_term'::text]))),
    CONSTRAINT plan_tasks_item_no_check CHECK ((item_no <> ''::text)),
    CONSTRAINT plan_tasks_key_check CHECK ((key <> ''::text)),
    CONSTRAINT plan_tasks_lead_mode_check CHECK ((lead_mode = ANY (ARRAY['LEAD'::text, 'JOINT_BY_FUNCTION'::text]))),
    CONSTRAINT plan_tasks_pace_check CHECK ((pace = ANY (ARRAY['on_track'::text, 'slow'::text, 'paused'::text]))),
    CONSTRAINT plan_tasks_percent_check CHECK (((percent >= 0) AND (percent <= 100))),
    CONSTRAINT plan_tasks_position_check CHECK (("position" >= 1)),
    CONSTRAINT plan_tasks_quote_check CHECK ((quote <> ''::text)),
    CONSTRAINT plan_tasks_span_start_check CHECK ((span_start >= 0)),
    CONSTRAINT plan_tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'proposed'::text, 'done'::text]))),
    CONSTRAINT plan_tasks_text_hash_check CHECK ((text_hash <> ''::text)),
    CONSTRAINT plan_tasks_title_check CHECK ((title <> ''::text)),
    CONSTRAINT tasks_done_say_when CHECK (((state = 'done'::text) = ((done_on IS NOT NULL) AND (done_by IS NOT NULL)))),
    CONSTRAINT tasks_have_a_day CHECK (((due_from = 'long_term'::text) = (due_on IS NULL))),
    CONSTRAINT tasks_have_a_lead CHECK (((lead_mode = 'LEAD'::text) = (convenor IS NOT NULL))),
    CONSTRAINT tasks_keep_the_first_day CHECK (((original_due_on IS NULL) = (due_on IS NULL))),
    CONSTRAINT tasks_span_is_a_span CHECK ((span_end > span_start))
);

CREATE TABLE tasks.plans (
    document_id uuid NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    doc_number text NOT NULL,
    issuer_unit text NOT NULL,
    drafting_unit text NOT NULL,
    structure_hash text NOT NULL,
    text_hash text NOT NULL,
    published_on date NOT NULL,
    reply_to text NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    unmatched integer DEFAULT 0 NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT plans_unmatched_check CHECK ((unmatched >= 0))
);

CREATE TABLE tasks.progress_reports (
    id uuid DEFAULT uuidv7() NOT NULL,
    task_id uuid NOT NULL,
    unit_id text NOT NULL,
    person_id text NOT NULL,
    percent integer,
    pace text,
    words text NOT NULL,
    milestone_id uuid,
    reported_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT progress_reports_pace_check CHECK ((pace = ANY (ARRAY['on_track'::text, 'slow'::text, 'paused'::text]))),
    CONSTRAINT progress_reports_percent_check CHECK (((percent >= 0) AND (percent <= 100))),
    CONSTRAINT progress_reports_words_check CHECK ((words <> ''::text)),
    CONSTRAINT reports_say_how_far CHECK (((percent IS NOT NULL) OR (pace IS NOT NULL)))
);

CREATE TABLE tasks.saved_filters (
    id uuid DEFAULT uuidv7() NOT NULL,
    person_id text NOT NULL,
    unit_id text NOT NULL,
    name text NOT NULL,
    asked jsonb NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    is_shared boolean DEFAULT false NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT saved_filters_asked_check CHECK ((jsonb_typeof(asked) = 'object'::text)),
    CONSTRAINT saved_filters_name_check CHECK (((name = btrim(name)) AND ((char_length(name) >= 1) AND (char_length(name) <= 40))))
);

CREATE TABLE tasks.task_units (
    task_id uuid NOT NULL,
    part text NOT NULL,
    "position" integer NOT NULL,
    printed text NOT NULL,
    unit_id text,
    CONSTRAINT task_units_part_check CHECK ((part = ANY (ARRAY['lead'::text, 'responsible'::text]))),
    CONSTRAINT task_units_position_check CHECK (("position" >= 1)),
    CONSTRAINT task_units_printed_check CHECK ((printed <> ''::text))
);

CREATE TABLE tasks.yearly_reports (
    document_id uuid NOT NULL,
    year integer NOT NULL,
    as_of timestamp with time zone NOT NULL,
    hash text NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    on_time integer NOT NULL,
    overdue integer NOT NULL,
    long_term integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT yearly_reports_add_up CHECK ((((done + overdue) <= total) AND (on_time <= done) AND (long_term <= total))),
    CONSTRAINT yearly_reports_hash_check CHECK ((length(hash) = 64))
);

ALTER TABLE ONLY tasks.completions
    ADD CONSTRAINT completions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.evidence
    ADD CONSTRAINT evidence_pkey PRIMARY KEY (report_id, "position");

ALTER TABLE ONLY tasks.extensions
    ADD CONSTRAINT extensions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY tasks.inspection_approvals
    ADD CONSTRAINT inspection_approvals_pkey PRIMARY KEY (inspection_id);

ALTER TABLE ONLY tasks.inspection_conclusions
    ADD CONSTRAINT inspection_conclusions_inspection_id_unit_id_key UNIQUE (inspection_id, unit_id);

ALTER TABLE ONLY tasks.inspection_conclusions
    ADD CONSTRAINT inspection_conclusions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.inspection_findings
    ADD CONSTRAINT inspection_findings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.inspection_measure_acts
    ADD CONSTRAINT inspection_measure_acts_pkey PRIMARY KEY (measure_id, act);

ALTER TABLE ONLY tasks.inspection_measures
    ADD CONSTRAINT inspection_measures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.inspection_members
    ADD CONSTRAINT inspection_members_pkey PRIMARY KEY (inspection_id, person_id);

ALTER TABLE ONLY tasks.inspection_objects
    ADD CONSTRAINT inspection_objects_pkey PRIMARY KEY (inspection_id, unit_id);

ALTER TABLE ONLY tasks.inspection_recusals
    ADD CONSTRAINT inspection_recusals_pkey PRIMARY KEY (inspection_id, person_id);

ALTER TABLE ONLY tasks.inspection_scope
    ADD CONSTRAINT inspection_scope_pkey PRIMARY KEY (inspection_id, item);

ALTER TABLE ONLY tasks.inspection_steps
    ADD CONSTRAINT inspection_steps_pkey PRIMARY KEY (conclusion_id, step);

ALTER TABLE ONLY tasks.inspections
    ADD CONSTRAINT inspections_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.item_events
    ADD CONSTRAINT item_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.items
    ADD CONSTRAINT items_key_key UNIQUE (key);

ALTER TABLE ONLY tasks.items
    ADD CONSTRAINT items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.milestones
    ADD CONSTRAINT milestones_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.milestones
    ADD CONSTRAINT milestones_task_id_position_key UNIQUE (task_id, "position");

ALTER TABLE ONLY tasks.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.plan_tasks
    ADD CONSTRAINT plan_tasks_document_id_position_key UNIQUE (document_id, "position");

ALTER TABLE ONLY tasks.plan_tasks
    ADD CONSTRAINT plan_tasks_key_key UNIQUE (key);

ALTER TABLE ONLY tasks.plan_tasks
    ADD CONSTRAINT plan_tasks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY tasks.progress_reports
    ADD CONSTRAINT progress_reports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.saved_filters
    ADD CONSTRAINT saved_filters_name_is_theirs_once UNIQUE (person_id, unit_id, name);

ALTER TABLE ONLY tasks.saved_filters
    ADD CONSTRAINT saved_filters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY tasks.task_units
    ADD CONSTRAINT task_units_pkey PRIMARY KEY (task_id, part, printed);

ALTER TABLE ONLY tasks.yearly_reports
    ADD CONSTRAINT yearly_reports_pkey PRIMARY KEY (document_id, year);

CREATE INDEX completions_of_task ON tasks.completions USING btree (task_id, id);

CREATE UNIQUE INDEX completions_one_open ON tasks.completions USING btree (task_id) WHERE (decision IS NULL);

CREATE INDEX extensions_of_task ON tasks.extensions USING btree (task_id, id);

CREATE UNIQUE INDEX extensions_one_open ON tasks.extensions USING btree (task_id) WHERE (decision IS NULL);

CREATE INDEX idempotency_age ON tasks.idempotency USING btree (created_at);

CREATE INDEX inspection_findings_of ON tasks.inspection_findings USING btree (inspection_id, at);

CREATE UNIQUE INDEX inspection_measures_decided_once ON tasks.inspection_measure_acts USING btree (measure_id) WHERE (act = ANY (ARRAY['approved'::text, 'refused'::text]));

CREATE INDEX item_events_of_item ON tasks.item_events USING btree (item_id, id);

CREATE INDEX items_asked_by ON tasks.items USING btree (asked_by, id) WHERE ((state = 'claimed'::text) AND (asked_by IS NOT NULL));

CREATE INDEX items_closed ON tasks.items USING btree (role, place, closed_at DESC, id DESC) INCLUDE (person_id, person_unit_id, closed_by) WHERE (state = ANY (ARRAY['done'::text, 'cancelled'::text]));

CREATE INDEX items_closed_by_unit ON tasks.items USING btree (role, person_unit_id, closed_at DESC, id DESC) WHERE ((place = ''::text) AND (state = ANY (ARRAY['done'::text, 'cancelled'::text])));

CREATE UNIQUE INDEX items_copied_once ON tasks.items USING btree (parent_id, person_id) WHERE (sort = 'copy'::text);

CREATE INDEX items_ended_by_closer ON tasks.items USING btree (closed_by, closed_at DESC, id DESC) INCLUDE (person_id) WHERE ((state = ANY (ARRAY['done'::text, 'cancelled'::text])) AND (closed_by IS NOT NULL));

CREATE INDEX items_ended_by_holder ON tasks.items USING btree (person_id, closed_at DESC, id DESC) WHERE (state = ANY (ARRAY['done'::text, 'cancelled'::text]));

CREATE INDEX items_free ON tasks.items USING btree (role, place, due_sort, id) INCLUDE (due_on, due_ends_at, due_provisional) WHERE (state = 'open'::text);

CREATE INDEX items_of_document ON tasks.items USING btree (document_id);

CREATE INDEX items_of_parent ON tasks.items USING btree (parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX items_sent_by ON tasks.items USING btree (came_from, id) WHERE ((state = 'claimed'::text) AND (came_from IS NOT NULL));

CREATE INDEX items_taken ON tasks.items USING btree (person_id, due_sort, id, role, place) INCLUDE (due_on, due_ends_at, due_provisional) WHERE (state = 'claimed'::text);

CREATE INDEX items_taken_of_role ON tasks.items USING btree (role, place, due_sort, id) INCLUDE (person_id) WHERE (state = 'claimed'::text);

CREATE INDEX items_to_read ON tasks.items USING btree (person_id, id) WHERE ((state = 'claimed'::text) AND (sort = 'copy'::text));

CREATE INDEX outbox_due ON tasks.outbox USING btree (next_try_at, "position") WHERE (state = 'waiting'::text);

CREATE INDEX outbox_parked ON tasks.outbox USING btree ("position") WHERE (state = 'parked'::text);

CREATE INDEX outbox_waiting ON tasks.outbox USING btree (key, "position") WHERE (state = 'waiting'::text);

CREATE INDEX plans_of_issuer ON tasks.plans USING btree (issuer_unit, published_on);

CREATE INDEX progress_reports_of_task ON tasks.progress_reports USING btree (task_id, id DESC);

CREATE INDEX saved_filters_of_unit ON tasks.saved_filters USING btree (unit_id) WHERE is_shared;

CREATE UNIQUE INDEX saved_filters_one_default ON tasks.saved_filters USING btree (person_id, unit_id) WHERE is_default;

CREATE INDEX task_units_of_unit ON tasks.task_units USING btree (unit_id, part) WHERE (unit_id IS NOT NULL);

CREATE TRIGGER completions_decide_once BEFORE UPDATE ON tasks.completions FOR EACH ROW EXECUTE FUNCTION tasks.decide_once();

CREATE TRIGGER completions_stay BEFORE DELETE ON tasks.completions FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER evidence_stays BEFORE DELETE OR UPDATE ON tasks.evidence FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER extensions_decide_once BEFORE UPDATE ON tasks.extensions FOR EACH ROW EXECUTE FUNCTION tasks.decide_once();

CREATE TRIGGER extensions_stay BEFORE DELETE ON tasks.extensions FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER guard_approval BEFORE INSERT ON tasks.inspection_approvals FOR EACH ROW EXECUTE FUNCTION tasks.guard_approval();

CREATE TRIGGER guard_inspecting BEFORE INSERT ON tasks.inspection_conclusions FOR EACH ROW EXECUTE FUNCTION tasks.guard_inspecting();

CREATE TRIGGER guard_inspecting BEFORE INSERT ON tasks.inspection_findings FOR EACH ROW EXECUTE FUNCTION tasks.guard_inspecting();

CREATE TRIGGER guard_item BEFORE DELETE OR UPDATE ON tasks.items FOR EACH ROW EXECUTE FUNCTION tasks.guard_item();

CREATE TRIGGER guard_measure BEFORE INSERT ON tasks.inspection_measure_acts FOR EACH ROW EXECUTE FUNCTION tasks.guard_measure();

CREATE TRIGGER guard_member BEFORE INSERT ON tasks.inspection_members FOR EACH ROW EXECUTE FUNCTION tasks.guard_member();

CREATE TRIGGER guard_own_completion BEFORE UPDATE ON tasks.completions FOR EACH ROW EXECUTE FUNCTION tasks.guard_own_completion();

CREATE TRIGGER guard_own_extension BEFORE UPDATE ON tasks.extensions FOR EACH ROW EXECUTE FUNCTION tasks.guard_own_extension();

CREATE TRIGGER guard_plan BEFORE INSERT ON tasks.inspection_objects FOR EACH ROW EXECUTE FUNCTION tasks.guard_plan();

CREATE TRIGGER guard_plan BEFORE INSERT ON tasks.inspection_scope FOR EACH ROW EXECUTE FUNCTION tasks.guard_plan();

CREATE TRIGGER guard_saved_filter BEFORE UPDATE ON tasks.saved_filters FOR EACH ROW EXECUTE FUNCTION tasks.guard_saved_filter();

CREATE TRIGGER guard_step BEFORE INSERT ON tasks.inspection_steps FOR EACH ROW EXECUTE FUNCTION tasks.guard_step();

CREATE TRIGGER inspection_approvals_stay BEFORE DELETE OR UPDATE ON tasks.inspection_approvals FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_conclusions_stay BEFORE DELETE OR UPDATE ON tasks.inspection_conclusions FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_findings_stay BEFORE DELETE OR UPDATE ON tasks.inspection_findings FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_measure_acts_stay BEFORE DELETE OR UPDATE ON tasks.inspection_measure_acts FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_measures_stay BEFORE DELETE OR UPDATE ON tasks.inspection_measures FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_members_stay BEFORE DELETE OR UPDATE ON tasks.inspection_members FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_objects_stay BEFORE DELETE OR UPDATE ON tasks.inspection_objects FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_recusals_stay BEFORE DELETE OR UPDATE ON tasks.inspection_recusals FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_scope_stay BEFORE DELETE OR UPDATE ON tasks.inspection_scope FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspection_steps_stay BEFORE DELETE OR UPDATE ON tasks.inspection_steps FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER inspections_stay BEFORE DELETE OR UPDATE ON tasks.inspections FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER item_events_stay BEFORE DELETE OR UPDATE ON tasks.item_events FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER milestones_keep_first_day BEFORE UPDATE ON tasks.milestones FOR EACH ROW EXECUTE FUNCTION tasks.keep_first_day();

CREATE TRIGGER milestones_stay BEFORE DELETE ON tasks.milestones FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER outbox_wake AFTER INSERT ON tasks.outbox FOR EACH STATEMENT EXECUTE FUNCTION tasks.outbox_wake();

CREATE TRIGGER plan_tasks_stay BEFORE DELETE ON tasks.plan_tasks FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER plans_stay BEFORE DELETE ON tasks.plans FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER progress_reports_stay BEFORE DELETE OR UPDATE ON tasks.progress_reports FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER task_units_stay BEFORE DELETE OR UPDATE ON tasks.task_units FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

CREATE TRIGGER tasks_keep_first_day BEFORE UPDATE ON tasks.plan_tasks FOR EACH ROW EXECUTE FUNCTION tasks.keep_first_day();

CREATE TRIGGER yearly_reports_stay BEFORE DELETE OR UPDATE ON tasks.yearly_reports FOR EACH ROW EXECUTE FUNCTION tasks.refuse_change();

ALTER TABLE ONLY tasks.completions
    ADD CONSTRAINT completions_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks.plan_tasks(id);

ALTER TABLE ONLY tasks.evidence
    ADD CONSTRAINT evidence_report_id_fkey FOREIGN KEY (report_id) REFERENCES tasks.progress_reports(id);

ALTER TABLE ONLY tasks.extensions
    ADD CONSTRAINT extensions_milestone_id_fkey FOREIGN KEY (milestone_id) REFERENCES tasks.milestones(id);

ALTER TABLE ONLY tasks.extensions
    ADD CONSTRAINT extensions_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks.plan_tasks(id);

ALTER TABLE ONLY tasks.inspection_findings
    ADD CONSTRAINT finding_within_objects FOREIGN KEY (inspection_id, unit_id) REFERENCES tasks.inspection_objects(inspection_id, unit_id);

ALTER TABLE ONLY tasks.inspection_findings
    ADD CONSTRAINT finding_within_scope FOREIGN KEY (inspection_id, item) REFERENCES tasks.inspection_scope(inspection_id, item);

ALTER TABLE ONLY tasks.inspection_approvals
    ADD CONSTRAINT inspection_approvals_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES tasks.inspections(id);

ALTER TABLE ONLY tasks.inspection_conclusions
    ADD CONSTRAINT inspection_conclusions_inspection_id_unit_id_fkey FOREIGN KEY (inspection_id, unit_id) REFERENCES tasks.inspection_objects(inspection_id, unit_id);

ALTER TABLE ONLY tasks.inspection_measure_acts
    ADD CONSTRAINT inspection_measure_acts_measure_id_fkey FOREIGN KEY (measure_id) REFERENCES tasks.inspection_measures(id);

ALTER TABLE ONLY tasks.inspection_measures
    ADD CONSTRAINT inspection_measures_inspection_id_unit_id_fkey FOREIGN KEY (inspection_id, unit_id) REFERENCES tasks.inspection_objects(inspection_id, unit_id);

ALTER TABLE ONLY tasks.inspection_members
    ADD CONSTRAINT inspection_members_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES tasks.inspections(id);

ALTER TABLE ONLY tasks.inspection_objects
    ADD CONSTRAINT inspection_objects_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES tasks.inspections(id);

ALTER TABLE ONLY tasks.inspection_recusals
    ADD CONSTRAINT inspection_recusals_inspection_id_person_id_fkey FOREIGN KEY (inspection_id, person_id) REFERENCES tasks.inspection_members(inspection_id, person_id);

ALTER TABLE ONLY tasks.inspection_scope
    ADD CONSTRAINT inspection_scope_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES tasks.inspections(id);

ALTER TABLE ONLY tasks.inspection_steps
    ADD CONSTRAINT inspection_steps_conclusion_id_fkey FOREIGN KEY (conclusion_id) REFERENCES tasks.inspection_conclusions(id);

ALTER TABLE ONLY tasks.item_events
    ADD CONSTRAINT item_events_item_id_fkey FOREIGN KEY (item_id) REFERENCES tasks.items(id);

ALTER TABLE ONLY tasks.items
    ADD CONSTRAINT items_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES tasks.items(id);

ALTER TABLE ONLY tasks.milestones
    ADD CONSTRAINT milestones_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks.plan_tasks(id);

ALTER TABLE ONLY tasks.plan_tasks
    ADD CONSTRAINT plan_tasks_document_id_fkey FOREIGN KEY (document_id) REFERENCES tasks.plans(document_id);

ALTER TABLE ONLY tasks.progress_reports
    ADD CONSTRAINT progress_reports_milestone_id_fkey FOREIGN KEY (milestone_id) REFERENCES tasks.milestones(id);

ALTER TABLE ONLY tasks.progress_reports
    ADD CONSTRAINT progress_reports_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks.plan_tasks(id);

ALTER TABLE ONLY tasks.task_units
    ADD CONSTRAINT task_units_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks.plan_tasks(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY tasks.plan_tasks
    ADD CONSTRAINT tasks_lead_stands_among_units FOREIGN KEY (id, lead_part, convenor) REFERENCES tasks.task_units(task_id, part, printed) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY tasks.yearly_reports
    ADD CONSTRAINT yearly_reports_document_id_fkey FOREIGN KEY (document_id) REFERENCES tasks.plans(document_id);
