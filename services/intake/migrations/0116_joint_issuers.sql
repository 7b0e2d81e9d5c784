-- The other issuers of a joint document (联合发文)
-- depends: 0115_mailed_clauses_and_files

-- migrate: apply

alter table documents
  add column joint_units text[] not null default '{}',
  add constraint documents_joint_units_check check (
      array_position(joint_units, null) is null and array_position(joint_units, issuer_unit) is null);

-- migrate: rollback
