-- What happened to published documents: amended or ended by another one, suspended, resumed
-- depends: 0106_joint_issuers

-- migrate: apply

-- Permanent, a handful a year. The reason is not here: it stands on the page that the link leads to.
create table standings (
    act_id       uuid primary key,
    document_id  uuid        not null references publications (document_id),
    position     integer     not null check (position > 0),
    change       text        not null check (change in ('amended', 'ended', 'suspended', 'resumed')),
    effective_on date        not null,
    by_document  uuid        references publications (document_id),
    link         text        not null,
    posted_at    timestamptz not null default clock_timestamp(),
    unique (document_id, position),
    -- Nothing is changed or ended but by another published document.
    constraint standings_by_a_document check ((change in ('amended', 'ended')) = (by_document is not null))
);

create trigger standings_are_kept before update or delete on standings for each row execute function refuse_change();
create trigger standings_are_not_emptied before truncate on standings execute function refuse_change();

-- migrate: rollback
