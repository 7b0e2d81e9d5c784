-- The gate before comments: counters of a period, proofs that were spent, and refusals counted by the hour.
-- depends: 0104_window_acts

-- migrate: apply

-- Both may be lost in a crash: a counter begins again, and a spent proof is worth one more comment for a few minutes.
-- Unlogged, they cost no write-ahead log and wait for no disk. Keys are keyed hashes of addresses under a key of the
-- day, so that nothing leads back from them; rows of past periods leave within the hour.
create unlogged table comment_rates (
    key     bytea primary key,
    ends_at timestamptz not null,
    count   integer not null check (count >= 0),
    allowed integer not null
);

create unlogged table spent_proofs (
    mark       bytea primary key,
    spent_for  bytea not null,
    expires_at timestamptz not null
);

-- One row for each window, code, channel and hour, however many attempts there were: refusing writes little.
alter table refused_attempts add column count integer not null default 1 check (count >= 1);

with each as (
    delete from refused_attempts returning window_id, date_trunc('hour', at) as at, channel, code
)
insert into refused_attempts (window_id, at, channel, code, count)
select window_id, at, channel, code, count(*) from each group by window_id, at, channel, code;

alter table refused_attempts
  alter column at set default date_trunc('hour', clock_timestamp()),
  add primary key (window_id, at, channel, code);

drop index refused_attempts_of_window;

comment on column refused_attempts.at is 'the hour';

-- migrate: rollback
