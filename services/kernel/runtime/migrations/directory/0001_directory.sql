-- Units, persons, the offices they hold, API keys and sessions.
-- depends:

-- migrate: apply

create table units (
    id         text primary key check (id <> ''),
    name       text not null unique check (name <> ''),
    short_name text not null check (short_name <> ''),
    kind       text not null check (kind in ('government', 'department', 'township', 'party', 'office')),
    parent_id  text references units (id) deferrable initially deferred
);

create index units_short_name on units (short_name);

create table persons (
    id    text primary key check (id <> ''),
    name  text not null check (name <> ''),
    email text,
    phone text
);

create table offices (
    person_id text not null references persons (id) on delete cascade,
    unit_id   text not null references units (id) on delete cascade,
    role      text not null check (role in (
        'drafter', 'legality_reviewer', 'market_regulator', 'meeting_clerk', 'chief', 'member', 'registrar',
        'party_clerk', 'supervisor', 'filing_clerk', 'secrecy_reviewer', 'lead_unit_officer', 'operator')),
    title     text not null default '',
    primary key (person_id, unit_id, role)
);

create index offices_of_unit on offices (unit_id, role);

-- A key is shown once; only the SHA-256 of its 256 random bits stays here.
create table api_keys (
    id           uuid primary key default gen_random_uuid(),
    prefix       text not null unique,
    hash         bytea not null check (length(hash) = 32),
    unit_id      text not null references units (id),
    person_id    text not null references persons (id),
    scopes       text[] not null default '{}',
    label        text not null default '',
    created_at   timestamptz not null default now(),
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);

-- A person acts for one unit at a time. The id is the SHA-256 of the cookie.
create table sessions (
    id         bytea primary key check (length(id) = 32),
    person_id  text not null references persons (id) on delete cascade,
    unit_id    text not null references units (id) on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz
);

create index sessions_expiry on sessions (expires_at);

-- migrate: rollback
