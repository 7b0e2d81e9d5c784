-- How many opinions are hidden, by reason, stands on public pages: the index alone answers it.
-- depends: 0116_joint_issuers

-- migrate: apply

drop index comments_hidden_ones;
create index comments_hidden_ones on comments (window_id, id) include (hidden_reason) where hidden_at is not null;

-- migrate: rollback
