-- How long the word of a passkey, or a sign-in, is fresh enough to change passkeys: said here, read by the guard and pages
-- depends: 0123_own_documents

-- migrate: apply

create function proof_lasts() returns interval language sql immutable as $$
    select interval '10 minutes'
$$;

create or replace function guard_passkey_act() returns trigger language plpgsql as $$
declare
    least timestamptz := clock_timestamp() - review.proof_lasts();
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

-- migrate: rollback
