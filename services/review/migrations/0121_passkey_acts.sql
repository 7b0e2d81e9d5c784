-- Every change of somebody's passkeys, with its fresh proof: a stolen session alone changes none
-- depends: 0120_hearing_withdrawals

-- migrate: apply

-- A handful for each person. Proven by a passkey of whoever acts; by who has none, by a sign-in of minutes ago; an
-- operator's program may revoke the passkey of another, for a device that is lost.
create table passkey_acts (
    id            uuid primary key default uuidv7(),
    passkey_id    uuid not null references passkeys (id),
    act           text not null check (act in ('enrolled', 'revoked')),
    person_id     text not null,
    by_id         text not null,
    proof_passkey uuid references passkeys (id),
    signed_in_at  timestamptz,
    by_program    boolean not null default false,
    done_at       timestamptz not null default clock_timestamp(),
    unique (passkey_id, act),
    constraint one_proof check (num_nonnulls(proof_passkey, signed_in_at, nullif(by_program, false)) = 1),
    constraint programs_revoke_for_others check (not by_program or (act = 'revoked' and by_id <> person_id))
);

create function guard_passkey_act() returns trigger language plpgsql as $$
declare
    least timestamptz := clock_timestamp() - interval '10 minutes';
begin
    if new.by_id <> new.person_id
       and not exists (select 1 from directory.offices where person_id = new.by_id and role = 'operator') then
        raise exception 'passkey.unknown';
    end if;
    if new.proof_passkey is not null and not exists (
        select 1 from passkeys p
         where p.id = new.proof_passkey and p.person_id = new.by_id and p.revoked_at is null and p.used_at > least
           and (p.id <> new.passkey_id or new.act = 'revoked')) then
        raise exception 'passkey.proof_missing';
    end if;
    if new.signed_in_at is not null then
        if exists (select 1 from passkeys p
                    where p.person_id = new.by_id and p.revoked_at is null
                      and (p.id <> new.passkey_id or new.act = 'revoked')) then
            raise exception 'passkey.proof_missing';
        end if;
        if new.signed_in_at <= least or not exists (
            select 1 from directory.sessions s
             where s.person_id = new.by_id and s.created_at = new.signed_in_at and s.revoked_at is null) then
            raise exception 'passkey.sign_in_stale';
        end if;
    end if;
    return new;
end
$$;

create trigger guard_passkey_act before insert on passkey_acts for each row execute function guard_passkey_act();
create trigger append_only before update or delete on passkey_acts for each row execute function append_only();
create trigger never_emptied before truncate on passkey_acts for each statement execute function append_only();

-- Whoever writes the row and by whatever way: no passkey comes or goes without its proof.
create function passkey_is_proven() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from passkey_acts a
                    where a.passkey_id = new.id and a.person_id = new.person_id
                      and a.act = case when new.revoked_at is null then 'enrolled' else 'revoked' end) then
        raise exception 'passkey.proof_missing';
    end if;
    return null;
end
$$;

create constraint trigger passkey_is_enrolled after insert on passkeys deferrable initially deferred
    for each row execute function passkey_is_proven();
create constraint trigger passkey_is_revoked after update of revoked_at on passkeys deferrable initially deferred
    for each row when (new.revoked_at is not null) execute function passkey_is_proven();

alter table passkey_challenges drop constraint passkey_challenges_purpose_check;
alter table passkey_challenges add constraint passkey_challenges_purpose_check
    check (purpose in ('enrol', 'prove', 'sign'));

-- migrate: rollback
