-- What is covered in a comment and what was hidden of the public's words: proposals, decisions, and who made them.
-- depends: 0110_answers_and_entries

-- migrate: apply

-- A place in a comment, by characters. Null in `covered`: proposed by the machine, decided by nobody.
create table comment_masks (
    comment_id  uuid not null references comments (id),
    window_id   uuid not null references windows (id),
    start_at    integer not null check (start_at >= 0),
    end_at      integer not null,
    kind        text not null
        check (kind in ('phone', 'identity', 'card', 'mail', 'plate', 'account', 'address', 'name')),
    proposed_at timestamptz not null default clock_timestamp(),
    covered     boolean,
    decided_by  text,
    decided_at  timestamptz,
    primary key (comment_id, start_at, end_at),
    check (end_at > start_at),
    check ((covered is null) = (decided_by is null) and (covered is null) = (decided_at is null))
);

create index comment_masks_open on comment_masks (window_id, comment_id) where covered is null;

-- Every decision on a place stays, also where a later one went before it.
create table comment_mask_acts (
    comment_id uuid not null,
    start_at   integer not null,
    end_at     integer not null,
    covered    boolean not null,
    acted_by   text not null,
    acted_at   timestamptz not null default clock_timestamp(),
    foreign key (comment_id, start_at, end_at) references comment_masks (comment_id, start_at, end_at)
);

create index comment_mask_acts_of_comment on comment_mask_acts (comment_id);

create trigger comment_mask_acts_stay before update or delete on comment_mask_acts
   for each row execute function record_stays();

create function comment_masks_history() returns trigger language plpgsql as $$
begin
    if new.covered is not null then
        insert into comment_mask_acts (comment_id, start_at, end_at, covered, acted_by)
        values (new.comment_id, new.start_at, new.end_at, new.covered, new.decided_by);
    end if;
    return null;
end
$$;

create trigger comment_masks_history after insert or update on comment_masks
   for each row execute function comment_masks_history();

create trigger comment_masks_stay before delete on comment_masks
   for each row execute function record_stays();

create function comment_decisions(of_comment uuid) returns jsonb language sql stable as $$
    select jsonb_agg(jsonb_build_array(start_at, end_at, covered) order by start_at)
      from comment_masks
     where comment_id = of_comment and covered is not null
$$;

-- What the office should look at with care: a child wrote, or something on health or identity papers is said.
create table comment_hints (
    comment_id uuid not null references comments (id),
    window_id  uuid not null references windows (id),
    hint       text not null check (hint in ('minor', 'health', 'identity_paper', 'finance')),
    primary key (comment_id, hint)
);

create index comment_hints_of_window on comment_hints (window_id, comment_id);

-- Up to which comment the machine has looked for personal data; ids grow with time.
create table mask_readings (
    window_id uuid primary key references windows (id),
    through   uuid not null
);

create table moderation_acts (
    window_id uuid not null references windows (id),
    ordinal   integer not null check (ordinal >= 1),
    act       text not null check (act in ('hidden', 'shown')),
    reason    text not null check (reason in ('personal_data', 'insult', 'advertising', 'unlawful', 'mistake')),
    words     text not null check (btrim(words) <> '' and length(words) <= 500),
    chosen_by text not null check (chosen_by in ('selection', 'group', 'search')),
    count     integer not null check (count >= 1),
    acted_by  text not null,
    unit_id   text not null,
    acted_at  timestamptz not null default clock_timestamp(),
    primary key (window_id, ordinal)
);

create trigger moderation_acts_stay before update or delete on moderation_acts
   for each row execute function record_stays();

create table moderated_comments (
    comment_id uuid not null references comments (id),
    window_id  uuid not null,
    ordinal    integer not null,
    primary key (comment_id, ordinal),
    foreign key (window_id, ordinal) references moderation_acts (window_id, ordinal)
);

create trigger moderated_comments_stay before update or delete on moderated_comments
   for each row execute function record_stays();

create index comments_hidden_ones on comments (window_id, id) where hidden_at is not null;

-- migrate: rollback
