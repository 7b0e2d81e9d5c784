-- What a recorded step collects while its round is open, and what its signed record says in figures
-- depends: 0106_signing_keys

-- migrate: apply

alter table rounds add column facts jsonb;

-- Structured reports of a step, such as an assessment: each filing is a row, the newest counts. A handful for a round.
create table reports (
    id          uuid primary key default uuidv7(),
    round_id    uuid not null references rounds (id),
    part        text not null check (part <> ''),
    position    integer not null check (position > 0),
    body        jsonb not null,
    person_id   text not null,
    person_name text not null,
    unit_id     text not null,
    unit_name   text not null,
    filed_at    timestamptz not null default clock_timestamp(),
    unique (round_id, part, position)
);

create trigger append_only before update or delete on reports for each row execute function append_only();

-- Nothing is collected any more once a round has ended.
create function guard_collected() returns trigger language plpgsql as $$
begin
    if exists (select 1 from rounds where id = new.round_id and closed_at is not null) then
        raise exception 'round.closed';
    end if;
    return new;
end
$$;

create trigger guard_collected before insert on reports for each row execute function guard_collected();

-- migrate: rollback
