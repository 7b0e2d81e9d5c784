-- Keys of persons and their passkeys; every sign-off from here on is signed
-- depends: 0105_amended_texts

-- migrate: apply

-- A key for each person who signs, a new one when it is rotated or revoked: some hundreds. Public halves stay for good,
-- so that old signatures can be verified. `wrapped` is encrypted; grants.sql lets nobody read it but key_to_sign.
create table signing_keys (
    id           uuid primary key,
    person_id    text not null,
    algorithm    text not null check (algorithm in ('Ed25519', 'SM2-SM3')),
    public_key   bytea not null unique,
    wrapped      bytea not null,
    wrapped_by   text not null,
    valid_from   timestamptz not null,
    valid_to     timestamptz,
    ended_why    text check (ended_why in ('rotated', 'revoked')),
    ended_by     text,
    ended_reason text,
    check (num_nonnulls(valid_to, ended_why, ended_by, ended_reason) in (0, 4)),
    check (valid_to >= valid_from),
    check (ended_why is distinct from 'revoked' or length(ended_reason) >= 4)
);

create unique index signing_keys_current on signing_keys (person_id) where valid_to is null;

create function keep_key() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' or old.valid_to is not null
       or (new.id, new.person_id, new.algorithm, new.public_key, new.wrapped, new.wrapped_by, new.valid_from)
          is distinct from
          (old.id, old.person_id, old.algorithm, old.public_key, old.wrapped, old.wrapped_by, old.valid_from) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger keep_key before update or delete on signing_keys for each row execute function keep_key();
create trigger never_emptied before truncate on signing_keys for each statement execute function append_only();

-- The only way to a private key, still encrypted: for an open round, in the name of who is about to sign it.
create function key_to_sign(of_round uuid, of_person text)
returns table (id uuid, algorithm text, public_key bytea, wrapped bytea, wrapped_by text)
language sql security definer set search_path = review, pg_temp as $$
    select k.id, k.algorithm, k.public_key, k.wrapped, k.wrapped_by
      from signing_keys k
     where k.person_id = of_person and k.valid_to is null
       and exists (select 1 from rounds r where r.id = of_round and r.closed_at is null)
$$;

-- The second factor. A passkey is never deleted; once revoked it counts no more.
create table passkeys (
    id             uuid primary key default uuidv7(),
    person_id      text not null,
    credential_id  text not null unique check (credential_id <> ''),
    public_key     text not null,
    sign_count     bigint not null check (sign_count >= 0),
    label          text not null check (label <> ''),
    enrolled_at    timestamptz not null default clock_timestamp(),
    used_at        timestamptz,
    revoked_at     timestamptz,
    revoked_by     text,
    revoked_reason text check (length(revoked_reason) >= 4),
    check (num_nonnulls(revoked_at, revoked_by, revoked_reason) in (0, 3))
);

create index passkeys_of_person on passkeys (person_id) where revoked_at is null;

create function keep_passkey() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' or old.revoked_at is not null or new.sign_count < old.sign_count
       or (new.id, new.person_id, new.credential_id, new.public_key, new.label, new.enrolled_at)
          is distinct from
          (old.id, old.person_id, old.credential_id, old.public_key, old.label, old.enrolled_at) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

create trigger keep_passkey before update or delete on passkeys for each row execute function keep_passkey();
create trigger never_emptied before truncate on passkeys for each statement execute function append_only();

-- What an authenticator was asked, for minutes only. A number is used once; those that have run out are swept by the
-- next question of the same person.
create table passkey_challenges (
    nonce      text primary key,
    person_id  text not null,
    purpose    text not null check (purpose in ('enrol', 'sign')),
    round_id   uuid references rounds (id),
    challenge  bytea not null,
    expires_at timestamptz not null,
    check ((purpose = 'sign') = (round_id is not null))
);

create index passkey_challenges_of on passkey_challenges (person_id, expires_at);

-- Sign-offs from before this have neither; what comes after has both.
alter table sign_offs
    add column key_id    uuid references signing_keys (id),
    add column signature bytea,
    add constraint signed_by_a_key check ((key_id is null) = (signature is null));

-- 电子签名法第十三条, whoever writes the row and by whatever way. Runs after guard_sign_off, by its name.
create function guard_signature() returns trigger language plpgsql as $$
begin
    if new.signature is null then
        raise exception 'signoff.unsigned';
    end if;
    if not exists (select 1 from signing_keys k
                    where k.id = new.key_id and k.person_id = new.person_id and k.valid_from <= new.signed_at
                      and (k.valid_to is null or new.signed_at < k.valid_to)) then
        raise exception 'signoff.key';
    end if;
    if exists (select 1 from passkeys p where p.person_id = new.person_id and p.revoked_at is null)
       and not exists (select 1 from passkeys p
                        where p.person_id = new.person_id and p.revoked_at is null
                          and p.credential_id = new.record #>> '{passkey,credential_id}') then
        raise exception 'signoff.passkey_missing';
    end if;
    return new;
end
$$;

create trigger guard_signature before insert on sign_offs for each row execute function guard_signature();

-- migrate: rollback
