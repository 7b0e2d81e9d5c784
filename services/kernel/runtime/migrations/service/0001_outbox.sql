-- Outbox: what a transaction says to workflows and to the outside, delivered after it by the relay
-- depends:

-- migrate: apply
create table outbox (
    id           uuid primary key default uuidv7(),
    position     bigint generated always as identity,
    key          text not null,
    kind         text not null,
    target       text not null,
    name         text not null,
    body         jsonb not null,
    trace        jsonb not null default '{}',
    state        text not null default 'waiting' check (state in ('waiting', 'delivered', 'parked')),
    attempts     integer not null default 0,
    created_at   timestamptz not null default clock_timestamp(),
    next_try_at  timestamptz not null default clock_timestamp(),
    delivered_at timestamptz,
    last_error   text
);

create index outbox_waiting on outbox (key, position) where state = 'waiting';
create index outbox_due on outbox (next_try_at, position) where state = 'waiting';
create index outbox_parked on outbox (position) where state = 'parked';

create function outbox_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('outbox', tg_table_schema);
    return null;
end
$$;

create trigger outbox_wake after insert on outbox for each statement execute function outbox_wake();

-- migrate: rollback
