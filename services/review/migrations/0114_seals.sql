-- Seals: the register, who keeps each, and every use of one on an approved text
-- depends: 0113_consultations

-- migrate: apply

-- A handful for an authority. Kept for good.
create table seals (
    id          uuid primary key default uuidv7(),
    unit_id     text not null,
    name        text not null check (name <> ''),
    form        text not null check (form in ('physical', 'electronic')),
    certificate text not null default '',
    person_id   text not null,
    person_name text not null,
    entered_at  timestamptz not null default clock_timestamp(),
    unique (unit_id, name, form),
    constraint electronic_has_certificate check (form = 'physical' or certificate <> '')
);

create trigger append_only before update or delete on seals for each row execute function append_only();

-- Who keeps a seal from when on; without a keeper it is out of use. The newest counts.
create table seal_keepings (
    seal_id     uuid not null references seals (id),
    revision    integer not null check (revision > 0),
    keeper_id   text,
    keeper_name text,
    reason      text not null default '',
    person_id   text not null,
    person_name text not null,
    at          timestamptz not null default clock_timestamp(),
    primary key (seal_id, revision),
    constraint handed_with_reason check (revision = 1 or reason <> ''),
    constraint keeper_has_name check ((keeper_id is null) = (keeper_name is null))
);

create trigger append_only before update or delete on seal_keepings for each row execute function append_only();

-- 用印: once for each approved text, a row for each document.
create table seal_uses (
    id            uuid primary key default uuidv7(),
    round_id      uuid not null references rounds (id),
    seal_id       uuid not null references seals (id),
    document_id   uuid not null,
    text_hash     text not null,
    approval_id   uuid not null references rounds (id),
    approval_hash text not null,
    certificate   text not null,
    copies        integer not null check (copies > 0),
    person_id     text not null,
    person_name   text not null,
    unit_id       text not null,
    unit_name     text not null,
    used_at       timestamptz not null default clock_timestamp(),
    constraint one_seal_for_a_text unique (document_id, text_hash)
);

create index seal_uses_of on seal_uses (seal_id, used_at desc);
create trigger append_only before update or delete on seal_uses for each row execute function append_only();

-- 电子签名法第十三条: the seal goes on the very text that was signed, by its keeper, who is not its signer.
create function guard_seal_use() returns trigger language plpgsql set search_path from current as $$
declare
    asked rounds;
    approval rounds;
    keeper text;
begin
    select * into asked from rounds where id = new.round_id for update;
    if asked.stage <> 'sealing' or asked.document_id <> new.document_id then
        raise exception 'sheet.other_stage';
    end if;
    if asked.closed_at is not null then
        raise exception 'round.closed';
    end if;
    select * into approval from rounds
     where document_id = new.document_id and form = 'signing' and why = 'decided'
     order by ordinal desc limit 1;
    if approval.outcome is distinct from 'signed' or approval.id <> new.approval_id
        or (approval.text_hash, approval.text_hash, approval.record_hash)
           is distinct from (new.text_hash, asked.text_hash, new.approval_hash) then
        raise exception 'seal.not_approved';
    end if;
    if (select unit_id from seals where id = new.seal_id) <> asked.issuer_unit then
        raise exception 'seal.other_unit';
    end if;
    select keeper_id into keeper from seal_keepings where seal_id = new.seal_id order by revision desc limit 1;
    if keeper is distinct from new.person_id then
        raise exception 'seal.not_keeper';
    end if;
    if exists (select 1 from sign_offs where round_id = new.approval_id and person_id = new.person_id) then
        raise exception 'seal.own_approval';
    end if;
    return new;
end
$$;

create trigger guard_seal_use before insert on seal_uses for each row execute function guard_seal_use();

-- migrate: rollback
