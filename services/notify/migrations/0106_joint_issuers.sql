-- The other issuers of a joint document, by name as published
-- depends: 0105_window_acts

-- migrate: apply

alter table publications add column joint_names text[] not null default '{}';

-- migrate: rollback
