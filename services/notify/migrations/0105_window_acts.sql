-- Notices of what people did to a consultation while it stood: extended, suspended, resumed, ended early, reopened.
-- depends: 0104_messages

-- migrate: apply

-- The reason is not here: it stands on the page that the notice leads to.
alter table notices
  drop constraint notices_notice_check,
  add constraint notices_notice_check check (
      notice in ('window', 'feedback', 'answers', 'extended', 'suspended', 'resumed', 'stopped', 'reopened')),
  add column suspended boolean not null default false;

create index notices_of_acts on notices (posted_at desc, key)
 where notice in ('extended', 'suspended', 'resumed', 'stopped', 'reopened');

-- migrate: rollback
