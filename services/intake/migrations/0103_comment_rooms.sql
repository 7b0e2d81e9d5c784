-- What public comment needs beside windows and words: acts on a window, attachments, moderation, groups of opinions.
-- depends: 0102_intake_windows

-- migrate: apply

-- A suspended window takes nothing and is not closed; its end moves when it is resumed. Open or closed is computed from
-- these instants: the two columns say what a person did and when, and no job ever flips them.
alter table windows
  add column suspended_at timestamptz,
  add column stopped_at   timestamptz,
  add check (stopped_at is null or not ended_early),
  add check (suspended_at is null or closed_at is null or ended_early);

alter table window_changes
  add column kind text not null default 'extended'
      check (kind in ('extended', 'suspended', 'resumed', 'stopped', 'reopened')),
  drop constraint window_changes_check,
  add check (kind in ('suspended', 'stopped') or to_closes_at > from_closes_at or kind = 'resumed');

-- A window that was reopened is summarised again; the earlier summaries stay.
alter table feedback_summaries
  add column ordinal integer not null default 1 check (ordinal >= 1),
  drop constraint feedback_summaries_pkey,
  add primary key (window_id, ordinal);

-- Mail enters by itself, or through staff; letters, faxes, calls and visits only through staff.
alter table comments
  drop constraint comments_check,
  add constraint comments_entered check (entered_by is not null or channel in ('web', 'api', 'email')),
  add constraint comments_by_themselves check (entered_by is null or channel not in ('web', 'api')),
  add column hidden_at     timestamptz,
  add column hidden_by     text,
  add column hidden_reason text check (btrim(hidden_reason) <> ''),
  add constraint comments_hidden
      check ((hidden_at is null) = (hidden_by is null) and (hidden_at is null) = (hidden_reason is null));

-- Only that an attempt was refused, when, how and why: no words and no person. Goes with the window's file.
alter table late_attempts rename to refused_attempts;
alter index late_attempts_of_window rename to refused_attempts_of_window;
alter table refused_attempts add column code text not null default 'comment.window_closed';

-- Files that came with a comment lie in the content store; they are served as downloads only, never inline.
create table comment_attachments (
    comment_id   uuid not null references comments (id),
    position     integer not null check (position >= 1),
    name         text not null check (name <> '' and length(name) <= 200),
    content_hash text not null check (length(content_hash) = 64),
    size         bigint not null check (size > 0),
    media_type   text not null,
    primary key (comment_id, position)
);

create trigger comment_attachments_stay before update or delete on comment_attachments
   for each row execute function record_stays();

-- Groups of opinions that say the same. What the machine did and what a person did stay apart: a comment keeps its
-- machine group, a person's grouping stands beside it and goes before it.
create table opinion_groups (
    id         uuid primary key,
    window_id  uuid not null references windows (id),
    name       text not null default '' check (length(name) <= 100),
    made_by    text,
    made_at    timestamptz not null default clock_timestamp(),
    retired_at timestamptz
);

create index opinion_groups_of_window on opinion_groups (window_id, id);

comment on column opinion_groups.made_by is 'the person; null for the machine';

create table opinion_members (
    comment_id    uuid primary key references comments (id),
    window_id     uuid not null references windows (id),
    machine_group uuid references opinion_groups (id),
    person_group  uuid references opinion_groups (id),
    group_id      uuid generated always as (coalesce(person_group, machine_group)) stored,
    check (machine_group is not null or person_group is not null)
);

create index opinion_members_of_group on opinion_members (window_id, group_id, comment_id);

create table opinion_group_acts (
    window_id uuid not null references windows (id),
    ordinal   integer not null check (ordinal >= 1),
    act       text not null check (act in ('grouped', 'split', 'merged', 'named')),
    acted_by  text,
    acted_at  timestamptz not null default clock_timestamp(),
    detail    jsonb not null,
    primary key (window_id, ordinal)
);

create trigger opinion_group_acts_stay before update or delete on opinion_group_acts
   for each row execute function record_stays();

-- migrate: rollback
