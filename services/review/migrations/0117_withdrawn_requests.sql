-- A request for papers may be taken back, by a person who says why
-- depends: 0116_cleanups

-- migrate: apply

alter table supplements drop constraint supplements_check2;
alter table supplements add constraint supplements_ended_by
    check ((answered_by is not null) = (coalesce(ended_why, '') in ('answered', 'withdrawn')));
alter table supplements add constraint withdrawal_has_a_reason
    check (ended_why is distinct from 'withdrawn' or coalesce(answer, '') <> '');

-- migrate: rollback
