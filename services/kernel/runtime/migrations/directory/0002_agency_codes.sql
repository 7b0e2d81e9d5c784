-- The code under which a unit issues its ordinary documents (机关代字), such as 云政发
-- depends: 0001_directory

-- migrate: apply

alter table units add column agency_code text check (agency_code <> '');

-- migrate: rollback
