-- Pages of groups: the next page begins at a place in this index, also among thousands of groups of one size.
-- depends: 0111_masks_and_moderation

-- migrate: apply

create index opinion_groups_largest_first on opinion_groups (window_id, (-size), id) where retired_at is null;
drop index opinion_groups_by_size;

-- migrate: rollback
