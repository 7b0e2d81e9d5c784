-- Answers already given to POST requests, by the caller's Idempotency-Key; forgotten after some days.
-- depends: 0001_outbox

-- migrate: apply

create table idempotency (
    actor      text not null,
    key        text not null check (length(key) between 1 and 200),
    route      text not null,
    body_hash  text not null,
    status     integer,
    response   jsonb,
    created_at timestamptz not null default now(),
    primary key (actor, key)
);

create index idempotency_age on idempotency (created_at);

-- migrate: rollback
