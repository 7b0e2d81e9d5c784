-- What a signed record says in figures: it came with the decision of a round, and the gates read it.
-- depends: 0112_groups_by_size

-- migrate: apply

alter table stages add column facts jsonb;

-- migrate: rollback
