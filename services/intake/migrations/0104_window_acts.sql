-- Acts on a window: by which unit, since when nothing was taken; and the one expression of "open".
-- depends: 0103_comment_rooms

-- migrate: apply

-- `gap_from`: since when nothing was taken until this act. A letter that arrived in a gap came outside the window.
alter table window_changes
  add column changed_unit text check (changed_unit <> ''),
  add column gap_from     timestamptz,
  add constraint window_changes_gap check ((gap_from is not null) = (kind in ('resumed', 'reopened'))),
  add constraint window_changes_gap_ends check (gap_from <= changed_at);

-- Whether a window takes comments at an instant from now on. Every statement that asks this asks it here, and the
-- planner puts the body in its place, so that it is looked at again when a row was waited for.
create function window_is_open(w windows, at timestamptz) returns boolean language sql immutable parallel safe as $$
    select w.opens_at <= at and at < w.closes_at and w.closed_at is null and w.suspended_at is null
$$;

-- Whether it took comments at an instant that has passed: for what arrived on paper.
create function window_was_open(w windows, at timestamptz) returns boolean language sql stable parallel safe as $$
    select w.opens_at <= at and at < w.closes_at and (w.suspended_at is null or at < w.suspended_at)
       and not exists (select 1 from window_changes c
                        where c.window_id = w.id and c.gap_from <= at and at < c.changed_at)
$$;

-- migrate: rollback
