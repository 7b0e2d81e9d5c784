-- Joint issue: every issuer's own seal on the text, in the order of the issuers
-- depends: 0121_passkey_acts

-- migrate: apply

alter table rounds add column joint_units text[] not null default '{}';

-- Whose seal a use was, and the place it has on the paper: 1 is the leading issuer's.
alter table seal_uses add column issuer_unit text;
alter table seal_uses add column place integer;
alter table seal_uses disable trigger append_only;
update seal_uses u set issuer_unit = s.unit_id, place = 1 from seals s where s.id = u.seal_id;
alter table seal_uses enable trigger append_only;
alter table seal_uses alter column issuer_unit set not null;
alter table seal_uses alter column place set not null;
alter table seal_uses drop constraint one_seal_for_a_text;
alter table seal_uses add constraint one_seal_of_an_issuer unique (document_id, text_hash, issuer_unit);

-- The issuers whose seals a round's text bears, the leading one first.
create function issuers_of(asked rounds) returns text[] language sql immutable as $$
    select array[asked.issuer_unit] || array_remove(asked.joint_units, asked.issuer_unit)
$$;

-- 电子签名法第十三条: a seal goes on the very text that was signed, by its keeper, who is none of its signers.
create or replace function guard_seal_use() returns trigger language plpgsql set search_path from current as $$
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
    select unit_id into new.issuer_unit from seals where id = new.seal_id;
    new.place := array_position(issuers_of(asked), new.issuer_unit);
    if new.place is null then
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

-- GB/T 9704—2012: each issuer's name bears its seal. The step is not filed while one is missing.
create function guard_sealed() returns trigger language plpgsql set search_path from current as $$
begin
    if new.stage = 'sealing' and new.outcome = 'filed' and old.outcome is null
        and exists (select unnest(issuers_of(new)) except
                    select issuer_unit from seal_uses where document_id = new.document_id and text_hash = new.text_hash) then
        raise exception 'seal.missing';
    end if;
    return new;
end
$$;

create trigger guard_sealed before update on rounds for each row execute function guard_sealed();

-- migrate: rollback
