-- A key is revoked by somebody, with a reason, once and for good; nothing else about it ever changes but its last use
-- depends: 0004_pairs_of_eyes

-- migrate: apply

alter table api_keys add column revoked_by text references persons (id);
alter table api_keys add column revoked_why text
    check (length(btrim(revoked_why)) between 2 and 300);

-- Those that were revoked by hand before there was an act for it say so.
update api_keys set revoked_by = person_id, revoked_why = '登记撤销以前，由数据库管理员撤销' where revoked_at is not null;

alter table api_keys add constraint api_keys_revoked_by_somebody_who_says_why
    check (num_nonnulls(revoked_at, revoked_by, revoked_why) in (0, 3));

create index api_keys_of_unit on api_keys (unit_id, created_at desc);

create function keep_key() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.revoked_at is not null and
       (new.revoked_at, new.revoked_by, new.revoked_why) is distinct from
       (old.revoked_at, old.revoked_by, old.revoked_why)
       or (new.id, new.prefix, new.hash, new.unit_id, new.person_id, new.scopes, new.label, new.created_at,
           new.expires_at)
          is distinct from
          (old.id, old.prefix, old.hash, old.unit_id, old.person_id, old.scopes, old.label, old.created_at,
           old.expires_at) then
        raise exception 'api_keys is append-only' using errcode = 'restrict_violation';
    end if;
    if old.revoked_at is null and new.revoked_at is not null then
        new.revoked_at := clock_timestamp();
    end if;
    return new;
end
$$;

create trigger keep_key before update or delete on api_keys for each row execute function keep_key();

-- migrate: rollback
