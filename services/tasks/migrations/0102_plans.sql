-- Plans: the tasks of published plans, their progress, completion and extension
-- depends: 0101_inbox

-- migrate: apply

create table plans (
    document_id    uuid primary key,
    title          text not null,
    kind           text not null,
    doc_number     text not null,
    issuer_unit    text not null,
    drafting_unit  text not null,
    structure_hash text not null,
    text_hash      text not null,
    published_on   date not null,
    reply_to       text not null,
    trace          jsonb not null default '{}',
    unmatched      integer not null default 0 check (unmatched >= 0),
    made_at        timestamptz not null default clock_timestamp(),
    completed_at   timestamptz
);

create index plans_of_issuer on plans (issuer_unit, published_on);

-- A plan has some tens of tasks, and an office some tens of plans a year: small for good.
create table plan_tasks (
    id                  uuid primary key default uuidv7(),
    document_id         uuid not null references plans (document_id),
    key                 text not null unique check (key <> ''),
    position            integer not null check (position >= 1),
    item_no             text not null check (item_no <> ''),
    title               text not null check (title <> ''),
    quote               text not null check (quote <> ''),
    span_start          integer not null check (span_start >= 0),
    span_end            integer not null,
    text_hash           text not null check (text_hash <> ''),
    lead_mode           text not null check (lead_mode in ('LEAD', 'JOINT_BY_FUNCTION')),
    convenor            text,
    lead_part           text generated always as (case when lead_mode = 'LEAD' then 'lead' end) stored,
    due_from            text not null check (due_from in ('text', 'plan', 'long_term')),
    due_on              date,
    original_due_on     date,
    deliverable         text not null check (deliverable <> ''),
    deliverable_default boolean not null,
    state               text not null default 'open' check (state in ('open', 'proposed', 'done')),
    percent             integer not null default 0 check (percent between 0 and 100),
    pace                text not null default 'on_track' check (pace in ('on_track', 'slow', 'paused')),
    reported_at         timestamptz,
    done_on             date,
    done_by             text,
    made_at             timestamptz not null default clock_timestamp(),
    unique (document_id, position),
    constraint tasks_span_is_a_span check (span_end > span_start),
    -- Every task has a lead, or says that all act by their function; the lead named here must stand among its units.
    constraint tasks_have_a_lead check ((lead_mode = 'LEAD') = (convenor is not null)),
    -- Every task has a day, its own or the plan's, or is said to be long-term.
    constraint tasks_have_a_day check ((due_from = 'long_term') = (due_on is null)),
    constraint tasks_keep_the_first_day check ((original_due_on is null) = (due_on is null)),
    constraint tasks_done_say_when check ((state = 'done') = (done_on is not null and done_by is not null))
);

create table task_units (
    task_id  uuid not null references plan_tasks (id) deferrable initially deferred,
    part     text not null check (part in ('lead', 'responsible')),
    position integer not null check (position >= 1),
    printed  text not null check (printed <> ''),
    unit_id  text,
    primary key (task_id, part, printed)
);

create index task_units_of_unit on task_units (unit_id, part) where unit_id is not null;

alter table plan_tasks add constraint tasks_lead_stands_among_units
    foreign key (id, lead_part, convenor) references task_units (task_id, part, printed)
    deferrable initially deferred;

-- Each stage target is a row of its own; a task without one of its own has the plan's, or none when long-term.
create table milestones (
    id              uuid primary key default uuidv7(),
    task_id         uuid not null references plan_tasks (id),
    position        integer not null check (position >= 1),
    printed         text not null check (printed <> ''),
    due_from        text not null check (due_from in ('text', 'plan')),
    due_on          date not null,
    original_due_on date not null,
    reached_on      date,
    unique (task_id, position)
);

create function keep_first_day() returns trigger language plpgsql as $$
begin
    if new.original_due_on is distinct from old.original_due_on then
        raise exception 'the original day of a task is kept' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger tasks_keep_first_day before update on plan_tasks for each row execute function keep_first_day();
create trigger milestones_keep_first_day before update on milestones for each row execute function keep_first_day();

-- What units reported: some dozens of rows a task at most; kept as long as the plan.
create table progress_reports (
    id           uuid primary key default uuidv7(),
    task_id      uuid not null references plan_tasks (id),
    unit_id      text not null,
    person_id    text not null,
    percent      integer check (percent between 0 and 100),
    pace         text check (pace in ('on_track', 'slow', 'paused')),
    words        text not null check (words <> ''),
    milestone_id uuid references milestones (id),
    reported_at  timestamptz not null default clock_timestamp(),
    constraint reports_say_how_far check (percent is not null or pace is not null)
);

create index progress_reports_of_task on progress_reports (task_id, id desc);

create table evidence (
    report_id uuid not null references progress_reports (id),
    position  integer not null check (position >= 1),
    name      text not null check (name <> ''),
    size      bigint not null check (size >= 0),
    hash      text not null check (length(hash) = 64),
    primary key (report_id, position)
);

create table completions (
    id             uuid primary key default uuidv7(),
    task_id        uuid not null references plan_tasks (id),
    words          text not null check (words <> ''),
    proposed_by    text not null,
    proposed_unit  text not null,
    proposed_at    timestamptz not null default clock_timestamp(),
    decision       text check (decision in ('accepted', 'sent_back')),
    decided_by     text,
    decided_at     timestamptz,
    decision_words text,
    constraint completions_decided_by_another check (decided_by <> proposed_by),
    constraint completions_decision_is_whole check (
        (decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    constraint completions_sent_back_say_why check (decision <> 'sent_back' or decision_words <> '')
);

create unique index completions_one_open on completions (task_id) where decision is null;
create index completions_of_task on completions (task_id, id);

create table extensions (
    id             uuid primary key default uuidv7(),
    task_id        uuid not null references plan_tasks (id),
    milestone_id   uuid not null references milestones (id),
    from_on        date not null,
    due_ends_at    timestamptz not null,
    to_on          date not null,
    reason         text not null check (reason <> ''),
    asked_by       text not null,
    asked_unit     text not null,
    asked_at       timestamptz not null default clock_timestamp(),
    decision       text check (decision in ('approved', 'refused')),
    decided_by     text,
    decided_at     timestamptz,
    decision_words text,
    -- An extension is asked for before the due time and decided by another than who asked.
    constraint extensions_in_time check (asked_at < due_ends_at),
    constraint extensions_go_forward check (to_on > from_on),
    constraint extensions_decided_by_another check (decided_by <> asked_by),
    constraint extensions_decision_is_whole check (
        (decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
    constraint extensions_refused_say_why check (decision <> 'refused' or decision_words <> '')
);

create unique index extensions_one_open on extensions (task_id) where decision is null;
create index extensions_of_task on extensions (task_id, id);

create function decide_once() returns trigger language plpgsql as $$
begin
    if old.decision is not null then
        raise exception 'a decision in % is final', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger completions_decide_once before update on completions for each row execute function decide_once();
create trigger extensions_decide_once before update on extensions for each row execute function decide_once();

-- The yearly report of a plan; its numbers with their task ids lie in the content store under the hash.
create table yearly_reports (
    document_id uuid not null references plans (document_id),
    year        integer not null,
    as_of       timestamptz not null,
    hash        text not null check (length(hash) = 64),
    total       integer not null,
    done        integer not null,
    on_time     integer not null,
    overdue     integer not null,
    long_term   integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (document_id, year),
    constraint yearly_reports_add_up check (done + overdue <= total and on_time <= done and long_term <= total)
);

create trigger progress_reports_stay before update or delete on progress_reports
    for each row execute function refuse_change();
create trigger evidence_stays before update or delete on evidence for each row execute function refuse_change();
create trigger completions_stay before delete on completions for each row execute function refuse_change();
create trigger extensions_stay before delete on extensions for each row execute function refuse_change();
create trigger yearly_reports_stay before update or delete on yearly_reports
    for each row execute function refuse_change();

-- migrate: rollback
