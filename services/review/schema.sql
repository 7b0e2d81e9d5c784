-- The schema `review` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA review;

CREATE FUNCTION review.add_hearing_contact(of_application uuid, given_name text, given_contact text, given_full boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
    insert into hearing_contacts (application_id, name, contact, full_name)
    values (of_application, given_name, given_contact, given_full)
$$;

CREATE FUNCTION review.append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'record.append_only';
end
$$;

CREATE FUNCTION review.assessed_before(document uuid) RETURNS TABLE(body text, unit text)
    LANGUAGE sql STABLE
    SET search_path TO 'review'
    AS $$
    select btrim(s.record #>> '{details,risk,third_party}'), ''
      from sign_offs s join rounds r on r.id = s.round_id
     where s.document_id = document and r.stage = 'risk_assessment' and r.why = 'decided'
       and btrim(coalesce(s.record #>> '{details,risk,third_party}', '')) <> ''
     union
    select s.unit_name, s.unit_id
      from sign_offs s join rounds r on r.id = s.round_id
     where s.document_id = document and r.stage = 'risk_assessment' and r.why = 'decided' and s.outcome <> 'not_applicable'
       and btrim(coalesce(s.record #>> '{details,risk,third_party}', '')) = ''
     union
    select btrim(one #>> '{expert,unit}'), ''
      from sign_offs s join rounds r on r.id = s.round_id,
           jsonb_array_elements(case when jsonb_typeof(s.record #> '{details,experts}') = 'array'
                                     then s.record #> '{details,experts}' else '[]' end) as one
     where s.document_id = document and r.stage = 'expert_argument' and r.why = 'decided'
$$;

CREATE FUNCTION review.drafted(of_document uuid, who text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'review'
    AS $$
    select exists (select 1 from authors a
                    where a.document_id = of_document and directory.one_pair_of_eyes(who, a.person_id))
$$;

CREATE FUNCTION review.forget_hearing_contacts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
declare
    gone integer;
begin
    delete from hearing_contacts c using hearing_applications a where a.id = c.application_id and a.round_id = new.id;
    get diagnostics gone = row_count;
    if gone > 0 then
        insert into hearing_contact_erasures (round_id, contacts) values (new.id, gone);
    end if;
    return new;
end
$$;

CREATE FUNCTION review.four_eyes(of_round uuid, who text, unit text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    with asked as (select * from rounds where id = of_round and not own_work),
         author as (select a.person_id from authors a join asked on asked.document_id = a.document_id)
    select case
        when exists (select 1 from author where person_id = who) then 'signoff.author'
        when exists (select 1 from directory.deputies d join author a on a.person_id = d.person_id
                      where d.deputy_id = who) then 'signoff.deputy_of_author'
        when exists (select 1 from directory.deputies d join author a on a.person_id = d.deputy_id
                      where d.person_id = who) then 'signoff.author_stands_in'
        when exists (select 1 from asked where drafting_unit = unit and (form = 'legality' or role = 'market_regulator'
                        and exists (select 1 from directory.offices o where o.role = asked.role and o.unit_id <> unit)))
            then 'signoff.same_unit'
        when exists (select 1 from asked where unit is not null and form in ('meeting', 'signing', 'verification')
                        and not exists (select 1 from joint_rounds j where j.round_id = of_round)
                        and not of_authority(form, unit, issuer_unit)) then 'signoff.other_authority'
    end
$$;

CREATE FUNCTION review.guard_acceptance() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.outcome not in ('return_procedure', 'not_applicable')
       and exists (select 1 from rounds where id = new.round_id and form = 'legality')
       and not exists (select 1 from acceptances where round_id = new.round_id) then
        raise exception 'legality.not_accepted';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_answer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from opinion_points where id = new.point_id and handling is not null) then
        raise exception 'point.settled';
    end if;
    if not exists (select 1 from opinion_points p join rounds r on r.id = p.round_id
                    where p.id = new.point_id and r.drafting_unit = new.unit_id and r.closed_at is not null) then
        raise exception 'point.unknown';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_application() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    asked  rounds;
    notice jsonb;
begin
    select * into asked from rounds where id = new.round_id for update;
    select body into notice from reports
     where round_id = new.round_id and part = 'hearing_notice' order by position desc limit 1;
    if asked.stage <> 'hearing' or asked.closed_at is not null or coalesce(notice ->> 'apply_by', '') = ''
       or (clock_timestamp() at time zone 'Asia/Shanghai')::date > (notice ->> 'apply_by')::date
       or exists (select 1 from reports where round_id = new.round_id and part = 'hearing_list') then
        raise exception 'hearing.applications_closed';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_cleanup_open() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
begin
    perform 1 from cleanups where id = new.cleanup_id for update;
    if exists (select 1 from cleanup_results where cleanup_id = new.cleanup_id) then
        raise exception 'cleanup.published';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_cleanup_sum() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
declare
    listed integer;
    counted integer[];
begin
    perform 1 from cleanups where id = new.cleanup_id for update;
    select count(*) into listed from cleanup_inventory where cleanup_id = new.cleanup_id;
    select array[count(*) filter (where outcome = 'retain'), count(*) filter (where outcome = 'amend'),
                 count(*) filter (where outcome = 'repeal'), count(*) filter (where outcome = 'lapse')]
      into counted
      from (select distinct on (document_id) outcome from cleanup_outcomes
             where cleanup_id = new.cleanup_id order by document_id, revision desc) newest;
    if new.total <> listed or counted <> array[new.retained, new.amended, new.repealed, new.lapsed] then
        raise exception 'cleanup.unequal';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_collected() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from rounds where id = new.round_id and closed_at is not null) then
        raise exception 'round.closed';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_consultation_ask() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform guard_open_round(new.round_id);
    if exists (select 1 from rounds where id = new.round_id and drafting_unit = new.unit_id)
       or exists (select 1 from consultation_asks a
                   where a.round_id = new.round_id and a.unit_id = new.unit_id
                     and not exists (select 1 from consultation_ends e where e.ask_id = a.id)) then
        raise exception 'consultation.unit';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_consultation_end() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform guard_open_round((select round_id from consultation_asks where id = new.ask_id));
    if exists (select 1 from consultation_replies where ask_id = new.ask_id) then
        raise exception 'consultation.ask_gone';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_consultation_reply() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    asked consultation_asks;
begin
    select * into asked from consultation_asks where id = new.ask_id;
    perform guard_open_round(asked.round_id);
    if exists (select 1 from consultation_ends where ask_id = new.ask_id) then
        raise exception 'consultation.ask_gone';
    end if;
    if asked.unit_id <> new.unit_id then
        raise exception 'consultation.other_unit';
    end if;
    if exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                where r.id = asked.round_id
                  and (a.person_id in (new.person_id, coalesce(new.on_behalf_of, ''))
                       or exists (select 1 from directory.deputies d
                                   where (d.deputy_id, d.person_id) in ((new.person_id, a.person_id), (a.person_id, new.person_id))))) then
        raise exception 'signoff.author';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_decision() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.chief_id is distinct from
       (select person_id from statements where meeting_id = new.meeting_id order by speaking_order desc limit 1) then
        raise exception 'meeting.chief_last';
    end if;
    if exists (select 1 from attendees a
                where a.meeting_id = new.meeting_id and a.capacity = 'member' and a.present
                  and not exists (select 1 from recusals r where r.meeting_id = a.meeting_id and r.person_id = a.person_id)
                  and not exists (select 1 from statements s where s.meeting_id = a.meeting_id and s.person_id = a.person_id)) then
        raise exception 'meeting.statement_missing';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_deputy() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.on_behalf_of is not null and not exists (
        select 1 from directory.deputies d
         where d.deputy_id = new.person_id and d.person_id = new.on_behalf_of
           and d.unit_id = new.unit_id and new.role = any(d.roles)) then
        raise exception 'deputy.none';
    end if;
    if exists (select 1 from sign_offs s
                where s.round_id = new.round_id
                  and (s.person_id = new.on_behalf_of or s.on_behalf_of in (new.person_id, new.on_behalf_of))) then
        raise exception 'signoff.already';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_evaluation() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
begin
    if exists (select 1 from assessed_before(new.document_id) a
                where btrim(new.body) = a.body or (new.body_unit <> '' and new.body_unit = a.unit)) then
        raise exception 'evaluation.assessed_before';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_expert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from expert_declarations d
                where d.round_id = new.round_id and d.expert_id = new.expert_id and d.interested) then
        raise exception 'expert.interested';
    end if;
    if not exists (select 1 from expert_declarations d
                    where d.round_id = new.round_id and d.expert_id = new.expert_id) then
        raise exception 'expert.undeclared';
    end if;
    if exists (select 1
                 from expert_panel p
                 join experts e on e.id = p.expert_id and e.version = p.version
                 join rounds r on r.id = p.round_id
                where p.round_id = new.round_id and p.expert_id = new.expert_id and e.unit_id = r.drafting_unit) then
        raise exception 'expert.drafting_unit';
    end if;
    if not exists (select 1 from papers where round_id = new.round_id and file_hash = new.paper_hash) then
        raise exception 'expert.unsigned';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_four_eyes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    line jsonb := to_jsonb(new);
    why  text  := four_eyes(new.round_id, line ->> tg_argv[0], line ->> 'unit_id');
begin
    if why is not null then
        raise exception '%', why;
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_item() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    asked rounds;
    held  sessions;
begin
    select * into asked from rounds where id = new.round_id for update;
    select * into held from sessions where id = new.session_id for update;
    if asked.form <> 'meeting' or asked.closed_at is not null or asked.issuer_unit <> held.issuer_unit then
        raise exception 'session.item';
    end if;
    if held.cancelled_at is not null or held.starts_at < date_trunc('minute', coalesce(asked.earliest, asked.opened_at)) then
        raise exception 'session.too_early';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_joint_decision() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new.why = 'decided' and old.why is null and joint_state(new.id) = 'open' then
        raise exception 'seat.undecided';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_joint_round() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform guard_open_round(new.round_id);
    -- A meeting decides in session: 传阅、会签不能代替会议.
    if exists (select 1 from rounds where id = new.round_id and form = 'meeting') then
        raise exception 'seat.meeting';
    end if;
    if exists (select 1 from sign_offs where round_id = new.round_id) then
        raise exception 'signoff.already';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_open_round(of_round uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    closed timestamptz;
begin
    select closed_at into closed from rounds where id = of_round for update;
    if closed is not null then
        raise exception 'round.closed';
    end if;
end
$$;

CREATE FUNCTION review.guard_own_document() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
begin
    if drafted(new.document_id, new.person_id) then
        raise exception 'standing.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_own_result() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
begin
    if drafted((select document_id from evaluations where id = new.evaluation_id), new.person_id) then
        raise exception 'standing.own';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_paper() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from rounds where id = new.round_id and closed_at is not null) then
        raise exception 'round.closed';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_passkey_act() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION review.guard_recused() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from recusals r join statements s using (meeting_id, person_id)
                where r.meeting_id = new.meeting_id and r.person_id = new.person_id) then
        raise exception 'meeting.recused';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_ruling() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if drafted((select document_id from rounds where id = new.round_id), new.person_id)
       or exists (select 1 from reports r
                   where r.round_id = new.round_id and r.part = 'dispute'
                     and directory.one_pair_of_eyes(new.person_id, r.person_id)) then
        raise exception 'consultation.own_dispute';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_seal_use() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
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

CREATE FUNCTION review.guard_sealed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
begin
    if new.stage = 'sealing' and new.outcome = 'filed' and old.outcome is null
        and exists (select unnest(issuers_of(new)) except
                    select issuer_unit from seal_uses where document_id = new.document_id and text_hash = new.text_hash) then
        raise exception 'seal.missing';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_seat() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform guard_open_round(new.round_id);
    if exists (select 1 from rounds r join authors a on a.document_id = r.document_id
                where r.id = new.round_id and not r.own_work and a.person_id = new.person_id) then
        raise exception 'signoff.author';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_seat_end() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    of_round uuid := (select round_id from seats where id = new.seat_id);
    why      text := four_eyes(of_round, new.person_id, null);
begin
    perform guard_open_round(of_round);
    if exists (select 1 from seat_signs where seat_id = new.seat_id) then
        raise exception 'seat.acted';
    end if;
    if why is not null then
        raise exception '%', why;
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_seat_sign() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    seat seats;
    signed sign_offs;
begin
    select * into seat from seats where id = new.seat_id;
    select * into signed from sign_offs where id = new.sign_off_id;
    if signed.round_id is distinct from seat.round_id or signed.outcome <> new.outcome then
        raise exception 'seat.none';
    end if;
    if new.agrees <> (new.outcome = any (select unnest(passing) from joint_rounds where round_id = seat.round_id)) then
        raise exception 'seat.count';
    end if;
    perform guard_open_round(seat.round_id);
    if exists (select 1 from seat_ends where seat_id = new.seat_id) then
        raise exception 'seat.gone';
    end if;
    if seat.person_id is not null and seat.person_id not in (signed.person_id, coalesce(signed.on_behalf_of, signed.person_id))
       or seat.person_id is null and seat.unit_id <> signed.unit_id then
        raise exception 'seat.none';
    end if;
    if exists (select 1 from seat_order o
                where o.then_id = new.seat_id
                  and not exists (select 1 from seat_signs g where g.seat_id = o.first_id)
                  and not exists (select 1 from seat_ends e where e.seat_id = o.first_id)) then
        raise exception 'seat.waits';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.guard_sign_off() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    asked rounds;
    chain chains;
begin
    select * into asked from rounds where id = new.round_id for update;
    if not found or asked.document_id <> new.document_id then
        raise exception 'round.unknown';
    end if;
    if exists (select 1 from sign_offs where round_id = new.round_id and person_id = new.person_id) then
        raise exception 'signoff.already';
    end if;
    if asked.closed_at is not null then
        raise exception 'round.closed';
    end if;
    if (new.text_hash, new.materials_hash) is distinct from (asked.text_hash, asked.materials_hash) then
        raise exception 'signoff.text_changed';
    end if;
    insert into chains (document_id) values (new.document_id) on conflict do nothing;
    select * into chain from chains where document_id = new.document_id for update;
    if (new.position, new.prev_hash) is distinct from (chain.length + 1, chain.head) then
        raise exception 'signoff.chain';
    end if;
    update chains set length = new.position, head = new.record_hash where document_id = new.document_id;
    return new;
end
$$;

CREATE FUNCTION review.guard_signature() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION review.guard_standing() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'review'
    AS $$
declare
    target own_texts;
    latest text;
begin
    select * into target from own_texts where document_id = new.target_id for update;
    if exists (select 1 from standing_acts where target_id = new.target_id and change = 'ended') then
        raise exception 'standing.ended';
    end if;
    -- A change through the procedure ends the suspension that went before it.
    select change into latest from standing_acts where target_id = new.target_id order by position desc limit 1;
    if new.change in ('suspended', 'resumed') and target.kind <> 'MAJOR_DECISION' then
        raise exception 'standing.not_a_decision';
    end if;
    if new.change = 'suspended' and latest is not distinct from 'suspended' then
        raise exception 'standing.suspended';
    end if;
    if new.change = 'resumed' and latest is distinct from 'suspended' then
        raise exception 'standing.not_suspended';
    end if;
    if new.by_document is not null then
        if (select kind from own_texts where document_id = new.by_document) is distinct from target.kind then
            raise exception 'standing.other_procedure';
        end if;
        if (select change from declared_changes where document_id = new.by_document and target_id = new.target_id
             order by id desc limit 1) is distinct from new.change then
            raise exception 'standing.undeclared';
        end if;
    end if;
    return new;
end
$$;

CREATE FUNCTION review.hearing_contact_to_mail(of_application uuid) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
    insert into hearing_contact_reads (round_id, purpose, person_id, person_name)
    select a.round_id, 'mail', 'system', 'system'
      from hearing_applications a join hearing_contacts c on c.application_id = a.id
     where a.id = of_application;
    select contact from hearing_contacts where application_id = of_application
$$;

CREATE TABLE review.rounds (
    id uuid DEFAULT uuidv7() NOT NULL,
    document_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    issuer_unit text NOT NULL,
    drafting_unit text NOT NULL,
    stage text NOT NULL,
    ordinal integer NOT NULL,
    form text NOT NULL,
    role text NOT NULL,
    unit_id text,
    text_version integer NOT NULL,
    text_hash text NOT NULL,
    materials_hash text NOT NULL,
    due jsonb,
    due_on date,
    earliest timestamp with time zone,
    rule_id text,
    papers text[] DEFAULT '{}'::text[] NOT NULL,
    may_be_not_applicable boolean DEFAULT false NOT NULL,
    reply_to text NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    opened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    closed_at timestamp with time zone,
    why text,
    outcome text,
    record_hash text,
    actor_id text,
    decided_at timestamp with time zone,
    publication_day date,
    own_work boolean GENERATED ALWAYS AS (((form = 'recorded_step'::text) AND (role = 'drafter'::text))) STORED NOT NULL,
    facts jsonb,
    return_to text,
    grounds text[] DEFAULT '{}'::text[] NOT NULL,
    public_version integer,
    public_hash text,
    joint_units text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT rounds_check CHECK (((closed_at IS NULL) = (why IS NULL))),
    CONSTRAINT rounds_check1 CHECK (((NOT (why IS DISTINCT FROM 'decided'::text)) = (outcome IS NOT NULL))),
    CONSTRAINT rounds_check2 CHECK ((num_nonnulls(outcome, record_hash, actor_id, decided_at) = ANY (ARRAY[0, 4]))),
    CONSTRAINT rounds_check3 CHECK (((public_version IS NULL) = (public_hash IS NULL))),
    CONSTRAINT rounds_form_check CHECK ((form = ANY (ARRAY['recorded_step'::text, 'legality'::text, 'meeting'::text, 'signing'::text, 'verification'::text]))),
    CONSTRAINT rounds_ordinal_check CHECK ((ordinal > 0)),
    CONSTRAINT rounds_text_hash_check CHECK ((text_hash <> ''::text)),
    CONSTRAINT rounds_why_check CHECK ((why = ANY (ARRAY['decided'::text, 'voided'::text, 'withdrawn'::text])))
);

CREATE FUNCTION review.issuers_of(asked review.rounds) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    select array[asked.issuer_unit] || array_remove(asked.joint_units, asked.issuer_unit)
$$;

CREATE FUNCTION review.joint_state(of_round uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    with live as (
        select s.id, g.agrees
          from seats s
          left join seat_signs g on g.seat_id = s.id
         where s.round_id = of_round and not exists (select 1 from seat_ends e where e.seat_id = s.id)
    ), counted as (
        select count(*) as seats, count(*) filter (where agrees) as agreed, count(*) filter (where agrees is null) as left_
          from live
    )
    select case when c.seats > 0 and c.agreed >= n.needed then 'met'
                when c.agreed + c.left_ < n.needed then 'lost'
                else 'open' end
      from joint_rounds j, counted c,
           lateral (select case j.rule when 'all' then c.seats
                                       when 'any' then 1
                                       else (c.seats * j.part + j.whole - 1) / j.whole end as needed) n
     where j.round_id = of_round
$$;

CREATE FUNCTION review.keep_item() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' or old.off_at is not null
       or (new.id, new.session_id, new.round_id, new.put_at) is distinct from (old.id, old.session_id, old.round_id, old.put_at)
       or exists (select 1 from rounds where id = old.round_id and why = 'decided') then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.keep_key() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION review.keep_passkey() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION review.keep_point() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' or old.handling is not null
       or (new.id, new.round_id, new.position, new.clause, new.nature, new.text, new.basis, new.anchor, new.quoted,
           new.proposed)
          is distinct from (old.id, old.round_id, old.position, old.clause, old.nature, old.text, old.basis, old.anchor,
           old.quoted, old.proposed) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.keep_round() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' then
        raise exception 'round.kept';
    end if;
    if old.closed_at is not null then
        raise exception 'round.closed';
    end if;
    if (new.id, new.document_id, new.stage, new.ordinal, new.form, new.role, new.text_hash, new.materials_hash,
        new.drafting_unit, new.opened_at)
       is distinct from
       (old.id, old.document_id, old.stage, old.ordinal, old.form, old.role, old.text_hash, old.materials_hash,
        old.drafting_unit, old.opened_at) then
        raise exception 'round.fixed';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.keep_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' or old.cancelled_at is not null
       or (new.id, new.issuer_unit, new.form, new.name, new.planned_at)
          is distinct from (old.id, old.issuer_unit, old.form, old.name, old.planned_at) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.keep_supplement() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' or old.ended_at is not null
       or (new.id, new.round_id, new.missing, new.asked_by, new.asked_at)
          is distinct from (old.id, old.round_id, old.missing, old.asked_by, old.asked_at) then
        raise exception 'record.append_only';
    end if;
    return new;
end
$$;

CREATE FUNCTION review.key_to_sign(of_round uuid, of_person text) RETURNS TABLE(id uuid, algorithm text, public_key bytea, wrapped bytea, wrapped_by text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
    select k.id, k.algorithm, k.public_key, k.wrapped, k.wrapped_by
      from signing_keys k
     where k.person_id = of_person and k.valid_to is null
       and exists (select 1 from rounds r where r.id = of_round and r.closed_at is null)
$$;

CREATE FUNCTION review.of_authority(form text, unit text, authority text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    with recursive above as (
        select u.id, u.parent_id from directory.units u where u.id = authority
         union all
        select u.id, u.parent_id from directory.units u join above on u.id = above.parent_id where form = 'verification'
    )
    select exists (select 1 from above where id = unit)
        or form <> 'signing' and exists (select 1 from directory.units u join above on above.id = u.parent_id
                                          where u.id = unit and u.kind = 'office')
$$;

CREATE FUNCTION review.outbox_wake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('outbox', tg_table_schema);
    return null;
end
$$;

CREATE FUNCTION review.passkey_is_proven() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from passkey_acts a
                    where a.passkey_id = new.id and a.person_id = new.person_id
                      and a.act = case when new.revoked_at is null then 'enrolled' else 'revoked' end) then
        raise exception 'passkey.proof_missing';
    end if;
    return null;
end
$$;

CREATE FUNCTION review.proof_lasts() RETURNS interval
    LANGUAGE sql IMMUTABLE
    AS $$
    select interval '10 minutes'
$$;

CREATE FUNCTION review.read_hearing_contacts(of_round uuid, of_purpose text, reader_id text, reader_name text) RETURNS TABLE(application_id uuid, name text, contact text, full_name boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
    insert into hearing_contact_reads (round_id, purpose, person_id, person_name)
    values (of_round, of_purpose, reader_id, reader_name);
    select c.application_id, c.name, c.contact, c.full_name
      from hearing_contacts c join hearing_applications a on a.id = c.application_id
     where a.round_id = of_round
     order by a.number
$$;

CREATE FUNCTION review.seat_is_filled() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from joint_rounds where round_id = new.round_id)
       and not exists (select 1 from seat_signs where sign_off_id = new.id) then
        raise exception 'seat.none';
    end if;
    return null;
end
$$;

CREATE FUNCTION review.withdraw_application() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'review', 'pg_temp'
    AS $$
declare
    asked rounds;
begin
    select r.* into asked from rounds r join hearing_applications a on a.round_id = r.id
     where a.id = new.application_id for update of r;
    if asked.closed_at is not null
       or exists (select 1 from reports where round_id = asked.id and part = 'hearing_list') then
        raise exception 'hearing.withdrawal_late';
    end if;
    delete from hearing_contacts where application_id = new.application_id;
    return new;
end
$$;

CREATE TABLE review.acceptances (
    round_id uuid NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    accepted_at timestamp with time zone NOT NULL
);

CREATE TABLE review.attendees (
    meeting_id uuid NOT NULL,
    "position" integer NOT NULL,
    person_id text,
    name text NOT NULL,
    unit_name text DEFAULT ''::text NOT NULL,
    capacity text NOT NULL,
    absent_reason text DEFAULT ''::text NOT NULL,
    present boolean NOT NULL,
    CONSTRAINT absence_has_a_reason CHECK ((present OR (absent_reason <> ''::text))),
    CONSTRAINT attendees_capacity_check CHECK ((capacity = ANY (ARRAY['member'::text, 'attending'::text]))),
    CONSTRAINT attendees_check CHECK (((capacity = 'attending'::text) OR (person_id IS NOT NULL))),
    CONSTRAINT attendees_name_check CHECK ((name <> ''::text))
);

CREATE TABLE review.authors (
    document_id uuid NOT NULL,
    person_id text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE review.catalogue_entries (
    id uuid DEFAULT uuidv7() NOT NULL,
    issuer_unit text NOT NULL,
    year integer NOT NULL,
    CONSTRAINT catalogue_entries_year_check CHECK (((year >= 2000) AND (year <= 2200)))
);

CREATE TABLE review.catalogue_links (
    id bigint NOT NULL,
    round_id uuid NOT NULL,
    document_id uuid NOT NULL,
    entry_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT inside_or_with_reason CHECK (((entry_id IS NOT NULL) OR (reason <> ''::text)))
);

ALTER TABLE review.catalogue_links ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.catalogue_links_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.catalogue_publications (
    issuer_unit text NOT NULL,
    year integer NOT NULL,
    consent_by text NOT NULL,
    consent_on date NOT NULL,
    consent_no text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT catalogue_publications_consent_by_check CHECK ((consent_by <> ''::text))
);

CREATE TABLE review.catalogue_revisions (
    entry_id uuid NOT NULL,
    revision integer NOT NULL,
    matter text NOT NULL,
    unit_id text NOT NULL,
    planned_on date NOT NULL,
    procedures text[] NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT adjusted_with_reason CHECK (((revision = 1) OR (reason <> ''::text))),
    CONSTRAINT catalogue_revisions_matter_check CHECK ((matter <> ''::text)),
    CONSTRAINT catalogue_revisions_revision_check CHECK ((revision > 0)),
    CONSTRAINT catalogue_revisions_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'postponed'::text, 'dropped'::text])))
);

CREATE TABLE review.chains (
    document_id uuid NOT NULL,
    length integer DEFAULT 0 NOT NULL,
    head text DEFAULT ''::text NOT NULL
);

CREATE TABLE review.checklist_answers (
    id bigint NOT NULL,
    document_id uuid NOT NULL,
    round_id uuid NOT NULL,
    item text NOT NULL,
    answer text NOT NULL,
    basis text DEFAULT ''::text NOT NULL,
    text_hash text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT checklist_answers_answer_check CHECK ((answer = ANY (ARRAY['none'::text, 'founded'::text]))),
    CONSTRAINT checklist_answers_item_check CHECK ((item <> ''::text)),
    CONSTRAINT founded_has_a_basis CHECK (((answer <> 'founded'::text) OR (basis <> ''::text)))
);

ALTER TABLE review.checklist_answers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.checklist_answers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.cleanup_asks (
    cleanup_id uuid NOT NULL,
    document_id uuid NOT NULL,
    outcome text NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cleanup_asks_outcome_check CHECK ((outcome = ANY (ARRAY['amend'::text, 'repeal'::text, 'lapse'::text])))
);

CREATE TABLE review.cleanup_inventory (
    cleanup_id uuid NOT NULL,
    document_id uuid NOT NULL
);

CREATE TABLE review.cleanup_outcomes (
    cleanup_id uuid NOT NULL,
    document_id uuid NOT NULL,
    revision integer NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cleanup_outcomes_outcome_check CHECK ((outcome = ANY (ARRAY['retain'::text, 'amend'::text, 'repeal'::text, 'lapse'::text]))),
    CONSTRAINT cleanup_outcomes_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT cleanup_outcomes_revision_check CHECK ((revision > 0))
);

CREATE TABLE review.cleanup_results (
    cleanup_id uuid NOT NULL,
    retained integer NOT NULL,
    amended integer NOT NULL,
    repealed integer NOT NULL,
    lapsed integer NOT NULL,
    total integer NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    published_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cleanup_results_total_check CHECK ((total > 0)),
    CONSTRAINT outcomes_add_up CHECK (((((retained + amended) + repealed) + lapsed) = total))
);

CREATE TABLE review.cleanups (
    id uuid DEFAULT uuidv7() NOT NULL,
    issuer_unit text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    ground text NOT NULL,
    cut_off_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    opened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cleanups_ground_check CHECK ((ground = ANY (ARRAY['periodic'::text, 'higher_law'::text, 'reform'::text, 'contradiction'::text, 'object_gone'::text, 'campaign'::text]))),
    CONSTRAINT cleanups_name_check CHECK ((name <> ''::text))
);

CREATE TABLE review.consultation_asks (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    ordinal integer NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    role text NOT NULL,
    question text DEFAULT ''::text NOT NULL,
    due jsonb NOT NULL,
    due_on date,
    asked_by text NOT NULL,
    asked_name text NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT consultation_asks_ordinal_check CHECK ((ordinal > 0))
);

CREATE TABLE review.consultation_ends (
    ask_id uuid NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE review.consultation_replies (
    id uuid DEFAULT uuidv7() NOT NULL,
    ask_id uuid NOT NULL,
    "position" integer NOT NULL,
    stance text NOT NULL,
    opinion text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    on_behalf_of text,
    on_behalf_name text,
    replied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT consultation_replies_check CHECK (((stance = 'agree'::text) OR (length(opinion) >= 2))),
    CONSTRAINT consultation_replies_position_check CHECK (("position" > 0)),
    CONSTRAINT consultation_replies_stance_check CHECK ((stance = ANY (ARRAY['agree'::text, 'agree_with_changes'::text, 'disagree'::text])))
);

CREATE TABLE review.counsel (
    round_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    licence text DEFAULT ''::text NOT NULL,
    opinion text DEFAULT ''::text NOT NULL,
    interest text DEFAULT ''::text NOT NULL,
    CONSTRAINT counsel_kind_check CHECK ((kind = ANY (ARRAY['legal_adviser'::text, 'public_lawyer'::text]))),
    CONSTRAINT counsel_name_check CHECK ((name <> ''::text)),
    CONSTRAINT counsel_position_check CHECK (("position" > 0))
);

CREATE TABLE review.declared_changes (
    id bigint NOT NULL,
    round_id uuid NOT NULL,
    document_id uuid NOT NULL,
    target_id uuid NOT NULL,
    change text NOT NULL,
    reason text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT declared_changes_change_check CHECK ((change = ANY (ARRAY['amended'::text, 'ended'::text, 'none'::text]))),
    CONSTRAINT declared_changes_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT not_itself CHECK ((document_id <> target_id))
);

ALTER TABLE review.declared_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.declared_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.evaluation_results (
    evaluation_id uuid NOT NULL,
    outcome text NOT NULL,
    findings text NOT NULL,
    public_views text NOT NULL,
    participants text DEFAULT ''::text NOT NULL,
    concluded_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT evaluation_results_findings_check CHECK ((findings <> ''::text)),
    CONSTRAINT evaluation_results_outcome_check CHECK ((outcome = ANY (ARRAY['keep'::text, 'adjust'::text, 'stop'::text]))),
    CONSTRAINT evaluation_results_public_views_check CHECK ((public_views <> ''::text))
);

CREATE TABLE review.evaluations (
    id uuid DEFAULT uuidv7() NOT NULL,
    document_id uuid NOT NULL,
    ground text NOT NULL,
    reason text NOT NULL,
    body text NOT NULL,
    body_unit text DEFAULT ''::text NOT NULL,
    due_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT evaluations_body_check CHECK ((body <> ''::text)),
    CONSTRAINT evaluations_ground_check CHECK ((ground = ANY (ARRAY['short_of_effect'::text, 'many_opinions'::text, 'authority'::text]))),
    CONSTRAINT evaluations_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE review.expert_adoptions (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    expert_id uuid NOT NULL,
    adoption text NOT NULL,
    reason text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT expert_adoptions_adoption_check CHECK ((adoption = ANY (ARRAY['adopted'::text, 'partly'::text, 'not_adopted'::text]))),
    CONSTRAINT expert_adoptions_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE review.expert_declarations (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    expert_id uuid NOT NULL,
    interested boolean NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    declared_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE review.expert_draws (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    way text NOT NULL,
    field text NOT NULL,
    seed text DEFAULT ''::text NOT NULL,
    candidates uuid[] NOT NULL,
    taken uuid[] NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    drawn_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT expert_draws_check CHECK (((way = 'draw'::text) = (seed <> ''::text))),
    CONSTRAINT expert_draws_check1 CHECK (((way = 'choice'::text) = (reason <> ''::text))),
    CONSTRAINT expert_draws_taken_check CHECK ((cardinality(taken) > 0)),
    CONSTRAINT expert_draws_way_check CHECK ((way = ANY (ARRAY['draw'::text, 'choice'::text])))
);

CREATE TABLE review.expert_opinions (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    expert_id uuid NOT NULL,
    stance text NOT NULL,
    opinion text NOT NULL,
    paper_hash text NOT NULL,
    signed_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    filed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT expert_opinions_opinion_check CHECK ((opinion <> ''::text)),
    CONSTRAINT expert_opinions_paper_hash_check CHECK ((paper_hash <> ''::text)),
    CONSTRAINT expert_opinions_stance_check CHECK ((stance = ANY (ARRAY['for'::text, 'amend'::text, 'against'::text])))
);

CREATE TABLE review.expert_panel (
    round_id uuid NOT NULL,
    expert_id uuid NOT NULL,
    draw_id uuid NOT NULL,
    version integer NOT NULL
);

CREATE TABLE review.experts (
    id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    unit_id text,
    unit_name text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    fields text[] NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    active boolean NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    entered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT experts_fields_check CHECK ((cardinality(fields) > 0)),
    CONSTRAINT experts_name_check CHECK ((name <> ''::text)),
    CONSTRAINT experts_version_check CHECK ((version > 0))
);

CREATE TABLE review.finding_verdicts (
    id bigint NOT NULL,
    document_id uuid NOT NULL,
    round_id uuid NOT NULL,
    finding text NOT NULL,
    code text NOT NULL,
    sentence text NOT NULL,
    holds boolean NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT finding_verdicts_code_check CHECK ((code <> ''::text)),
    CONSTRAINT finding_verdicts_finding_check CHECK ((finding ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE review.finding_verdicts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.finding_verdicts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.hearing_applications (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    number integer NOT NULL,
    party text NOT NULL,
    words text DEFAULT ''::text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT hearing_applications_number_check CHECK ((number > 0)),
    CONSTRAINT hearing_applications_party_check CHECK ((party <> ''::text))
);

CREATE TABLE review.hearing_contact_erasures (
    round_id uuid NOT NULL,
    contacts integer NOT NULL,
    erased_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE review.hearing_contact_reads (
    id bigint NOT NULL,
    round_id uuid NOT NULL,
    purpose text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT hearing_contact_reads_purpose_check CHECK ((purpose = ANY (ARRAY['selection'::text, 'invitation'::text, 'mail'::text])))
);

ALTER TABLE review.hearing_contact_reads ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.hearing_contact_reads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.hearing_contacts (
    application_id uuid NOT NULL,
    name text NOT NULL,
    contact text NOT NULL,
    full_name boolean NOT NULL,
    CONSTRAINT hearing_contacts_contact_check CHECK ((contact <> ''::text)),
    CONSTRAINT hearing_contacts_name_check CHECK ((name <> ''::text))
);

CREATE UNLOGGED TABLE review.hearing_knocks (
    id bigint NOT NULL,
    key bytea NOT NULL,
    proof bytea,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE review.hearing_knocks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.hearing_knocks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.hearing_withdrawals (
    application_id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE review.idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    body_hash text NOT NULL,
    status integer,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

CREATE TABLE review.item_drafts (
    item_id uuid NOT NULL,
    revision integer NOT NULL,
    fields jsonb NOT NULL,
    saved_by text NOT NULL,
    saved_name text NOT NULL,
    saved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT item_drafts_revision_check CHECK ((revision > 0))
);

CREATE TABLE review.joint_rounds (
    round_id uuid NOT NULL,
    rule text NOT NULL,
    part integer DEFAULT 1 NOT NULL,
    whole integer DEFAULT 1 NOT NULL,
    passing text[] NOT NULL,
    outcomes text[] NOT NULL,
    called_by text,
    called_name text DEFAULT ''::text NOT NULL,
    called_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT joint_rounds_check CHECK ((part <= whole)),
    CONSTRAINT joint_rounds_part_check CHECK ((part > 0)),
    CONSTRAINT joint_rounds_passing_check CHECK ((cardinality(passing) > 0)),
    CONSTRAINT joint_rounds_rule_check CHECK ((rule = ANY (ARRAY['all'::text, 'any'::text, 'ratio'::text]))),
    CONSTRAINT joint_rounds_whole_check CHECK ((whole > 0))
);

CREATE TABLE review.letter_prints (
    letter_id uuid NOT NULL,
    pdf_hash text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT letter_prints_pdf_hash_check CHECK ((pdf_hash ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE review.letter_series (
    unit_id text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    CONSTRAINT letter_series_last_check CHECK ((last > 0))
);

CREATE TABLE review.letters (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    unit_id text NOT NULL,
    year integer NOT NULL,
    serial integer NOT NULL,
    number text NOT NULL,
    paper jsonb NOT NULL,
    docx bytea NOT NULL,
    docx_hash text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT letters_check CHECK ((docx_hash = encode(sha256(docx), 'hex'::text))),
    CONSTRAINT letters_number_check CHECK ((number <> ''::text)),
    CONSTRAINT letters_serial_check CHECK ((serial > 0))
);

CREATE TABLE review.material_checks (
    id bigint NOT NULL,
    round_id uuid NOT NULL,
    material text NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT material_checks_material_check CHECK ((material <> ''::text)),
    CONSTRAINT material_checks_state_check CHECK ((state = ANY (ARRAY['present'::text, 'missing'::text, 'not_applicable'::text]))),
    CONSTRAINT not_needed_has_a_reason CHECK (((state <> 'not_applicable'::text) OR (reason <> ''::text)))
);

ALTER TABLE review.material_checks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.material_checks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.meeting_decisions (
    meeting_id uuid NOT NULL,
    outcome text NOT NULL,
    chief_id text NOT NULL,
    against_majority boolean NOT NULL,
    reasons text DEFAULT ''::text NOT NULL,
    amendments jsonb DEFAULT '[]'::jsonb NOT NULL,
    amended_hash text,
    CONSTRAINT amendments_are_listed CHECK (((outcome <> 'passed_as_amended'::text) OR (jsonb_array_length(amendments) > 0))),
    CONSTRAINT departure_has_reasons CHECK (((NOT against_majority) OR (reasons <> ''::text))),
    CONSTRAINT meeting_decisions_amended_hash_check CHECK ((length(amended_hash) = 64)),
    CONSTRAINT meeting_decisions_outcome_check CHECK ((outcome = ANY (ARRAY['passed'::text, 'passed_as_amended'::text, 'rediscuss'::text, 'deferred'::text, 'rejected'::text])))
);

CREATE TABLE review.meetings (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    issuer_unit text NOT NULL,
    form text NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    chair_id text NOT NULL,
    chair_name text NOT NULL,
    chief_id text NOT NULL,
    recorder_id text NOT NULL,
    recorder_name text NOT NULL,
    due_count integer NOT NULL,
    present_count integer NOT NULL,
    quorum_ratio numeric NOT NULL,
    notice_at timestamp with time zone,
    materials_at timestamp with time zone,
    minutes_number text,
    recorded_at timestamp with time zone NOT NULL,
    session_id uuid,
    CONSTRAINT held CHECK ((started_at <= recorded_at)),
    CONSTRAINT meetings_check CHECK (((present_count >= 0) AND (present_count <= due_count))),
    CONSTRAINT meetings_check1 CHECK ((notice_at <= started_at)),
    CONSTRAINT meetings_check2 CHECK ((materials_at <= started_at)),
    CONSTRAINT meetings_due_count_check CHECK ((due_count > 0)),
    CONSTRAINT meetings_form_check CHECK ((form = ANY (ARRAY['executive'::text, 'plenary'::text, 'office'::text]))),
    CONSTRAINT meetings_name_check CHECK ((name <> ''::text)),
    CONSTRAINT meetings_place_check CHECK ((place <> ''::text)),
    CONSTRAINT meetings_quorum_ratio_check CHECK (((quorum_ratio >= (0)::numeric) AND (quorum_ratio <= (1)::numeric))),
    CONSTRAINT quorum CHECK (((present_count)::numeric >= ((due_count)::numeric * quorum_ratio)))
);

CREATE TABLE review.not_applicable (
    round_id uuid NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    reason text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    CONSTRAINT not_applicable_reason_check CHECK ((length(reason) >= 10))
);

CREATE TABLE review.opinion_points (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    document_id uuid NOT NULL,
    "position" integer NOT NULL,
    clause text NOT NULL,
    nature text NOT NULL,
    text text NOT NULL,
    basis text DEFAULT ''::text NOT NULL,
    handling text,
    handled_in uuid,
    anchor text DEFAULT ''::text NOT NULL,
    quoted text DEFAULT ''::text NOT NULL,
    proposed text DEFAULT ''::text NOT NULL,
    CONSTRAINT opinion_points_check CHECK (((handling IS NULL) = (handled_in IS NULL))),
    CONSTRAINT opinion_points_handling_check CHECK ((handling = ANY (ARRAY['done'::text, 'partly'::text, 'not_done'::text]))),
    CONSTRAINT opinion_points_nature_check CHECK ((nature = ANY (ARRAY['must'::text, 'advice'::text]))),
    CONSTRAINT opinion_points_position_check CHECK (("position" > 0)),
    CONSTRAINT opinion_points_text_check CHECK ((text <> ''::text))
);

CREATE TABLE review.outbox (
    id uuid DEFAULT uuidv7() NOT NULL,
    "position" bigint NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    name text NOT NULL,
    body jsonb NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_try_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    delivered_at timestamp with time zone,
    last_error text,
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'parked'::text])))
);

ALTER TABLE review.outbox ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.outbox_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.own_texts (
    document_id uuid NOT NULL,
    name text NOT NULL,
    doc_number text DEFAULT ''::text NOT NULL,
    published_on date NOT NULL,
    valid_to date,
    entered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    issuer_unit text DEFAULT ''::text NOT NULL,
    drafting_unit text DEFAULT ''::text NOT NULL,
    agency_code text DEFAULT ''::text NOT NULL,
    text_hash text DEFAULT ''::text NOT NULL,
    CONSTRAINT own_texts_name_check CHECK ((name <> ''::text))
);

CREATE TABLE review.papers (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    role text DEFAULT ''::text NOT NULL,
    file_hash text NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    filed_by text NOT NULL,
    filed_name text NOT NULL,
    filed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT papers_name_check CHECK ((name <> ''::text)),
    CONSTRAINT papers_size_check CHECK ((size >= 0))
);

CREATE TABLE review.passkey_acts (
    id uuid DEFAULT uuidv7() NOT NULL,
    passkey_id uuid NOT NULL,
    act text NOT NULL,
    person_id text NOT NULL,
    by_id text NOT NULL,
    proof_passkey uuid,
    signed_in_at timestamp with time zone,
    by_program boolean DEFAULT false NOT NULL,
    done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT one_proof CHECK ((num_nonnulls(proof_passkey, signed_in_at, NULLIF(by_program, false)) = 1)),
    CONSTRAINT passkey_acts_act_check CHECK ((act = ANY (ARRAY['enrolled'::text, 'revoked'::text]))),
    CONSTRAINT programs_revoke_for_others CHECK (((NOT by_program) OR ((act = 'revoked'::text) AND (by_id <> person_id))))
);

CREATE TABLE review.passkey_challenges (
    nonce text NOT NULL,
    person_id text NOT NULL,
    purpose text NOT NULL,
    round_id uuid,
    challenge bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT passkey_challenges_check CHECK (((purpose = 'sign'::text) = (round_id IS NOT NULL))),
    CONSTRAINT passkey_challenges_purpose_check CHECK ((purpose = ANY (ARRAY['enrol'::text, 'prove'::text, 'sign'::text])))
);

CREATE TABLE review.passkeys (
    id uuid DEFAULT uuidv7() NOT NULL,
    person_id text NOT NULL,
    credential_id text NOT NULL,
    public_key text NOT NULL,
    sign_count bigint NOT NULL,
    label text NOT NULL,
    enrolled_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by text,
    revoked_reason text,
    CONSTRAINT passkeys_check CHECK ((num_nonnulls(revoked_at, revoked_by, revoked_reason) = ANY (ARRAY[0, 3]))),
    CONSTRAINT passkeys_credential_id_check CHECK ((credential_id <> ''::text)),
    CONSTRAINT passkeys_label_check CHECK ((label <> ''::text)),
    CONSTRAINT passkeys_revoked_reason_check CHECK ((length(revoked_reason) >= 4)),
    CONSTRAINT passkeys_sign_count_check CHECK ((sign_count >= 0))
);

CREATE TABLE review.point_answers (
    id bigint NOT NULL,
    point_id uuid NOT NULL,
    adoption text NOT NULL,
    words text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    said_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT point_answers_adoption_check CHECK ((adoption = ANY (ARRAY['adopted'::text, 'partly'::text, 'not_adopted'::text]))),
    CONSTRAINT point_answers_words_check CHECK ((words <> ''::text))
);

ALTER TABLE review.point_answers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.point_answers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.precedents (
    id bigint NOT NULL,
    round_id uuid NOT NULL,
    point_id uuid,
    folded text NOT NULL,
    basis text DEFAULT ''::text NOT NULL,
    tokens tsvector NOT NULL
);

ALTER TABLE review.precedents ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.precedents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.recusals (
    meeting_id uuid NOT NULL,
    person_id text NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT recusals_reason_check CHECK ((reason <> ''::text))
);

CREATE TABLE review.reports (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    part text NOT NULL,
    "position" integer NOT NULL,
    body jsonb NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    filed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT reports_part_check CHECK ((part <> ''::text)),
    CONSTRAINT reports_position_check CHECK (("position" > 0))
);

CREATE TABLE review.seal_keepings (
    seal_id uuid NOT NULL,
    revision integer NOT NULL,
    keeper_id text,
    keeper_name text,
    reason text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT handed_with_reason CHECK (((revision = 1) OR (reason <> ''::text))),
    CONSTRAINT keeper_has_name CHECK (((keeper_id IS NULL) = (keeper_name IS NULL))),
    CONSTRAINT seal_keepings_revision_check CHECK ((revision > 0))
);

CREATE TABLE review.seal_uses (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    seal_id uuid NOT NULL,
    document_id uuid NOT NULL,
    text_hash text NOT NULL,
    approval_id uuid NOT NULL,
    approval_hash text NOT NULL,
    certificate text NOT NULL,
    copies integer NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    used_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    issuer_unit text NOT NULL,
    place integer NOT NULL,
    CONSTRAINT seal_uses_copies_check CHECK ((copies > 0))
);

CREATE TABLE review.seals (
    id uuid DEFAULT uuidv7() NOT NULL,
    unit_id text NOT NULL,
    name text NOT NULL,
    form text NOT NULL,
    certificate text DEFAULT ''::text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    entered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT electronic_has_certificate CHECK (((form = 'physical'::text) OR (certificate <> ''::text))),
    CONSTRAINT seals_form_check CHECK ((form = ANY (ARRAY['physical'::text, 'electronic'::text]))),
    CONSTRAINT seals_name_check CHECK ((name <> ''::text))
);

CREATE TABLE review.seat_ends (
    seat_id uuid NOT NULL,
    why text NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT seat_ends_check CHECK (((why = 'withdrawn'::text) OR (length(reason) >= 2))),
    CONSTRAINT seat_ends_why_check CHECK ((why = ANY (ARRAY['removed'::text, 'withdrawn'::text])))
);

CREATE TABLE review.seat_order (
    first_id uuid NOT NULL,
    then_id uuid NOT NULL,
    CONSTRAINT seat_order_check CHECK ((first_id <> then_id))
);

CREATE TABLE review.seat_signs (
    seat_id uuid NOT NULL,
    sign_off_id uuid NOT NULL,
    outcome text NOT NULL,
    agrees boolean NOT NULL
);

CREATE TABLE review.seats (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    ordinal integer NOT NULL,
    person_id text,
    person_name text DEFAULT ''::text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    role text NOT NULL,
    leads boolean DEFAULT false NOT NULL,
    added_by text,
    added_name text DEFAULT ''::text NOT NULL,
    added_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT seats_ordinal_check CHECK ((ordinal > 0))
);

CREATE TABLE review.session_events (
    id bigint NOT NULL,
    session_id uuid NOT NULL,
    kind text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT session_events_kind_check CHECK ((kind = ANY (ARRAY['planned'::text, 'moved'::text, 'cancelled'::text, 'put'::text, 'taken_off'::text, 'ordered'::text, 'noticed'::text, 'pack'::text, 'attendance'::text, 'recorded'::text, 'minutes'::text])))
);

ALTER TABLE review.session_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME review.session_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE review.session_items (
    id uuid DEFAULT uuidv7() NOT NULL,
    session_id uuid NOT NULL,
    round_id uuid NOT NULL,
    "position" integer NOT NULL,
    put_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    off_at timestamp with time zone,
    off_reason text,
    CONSTRAINT session_items_check CHECK (((off_at IS NULL) = (off_reason IS NULL))),
    CONSTRAINT session_items_off_reason_check CHECK ((off_reason <> ''::text)),
    CONSTRAINT session_items_position_check CHECK (("position" > 0))
);

CREATE TABLE review.session_minutes (
    session_id uuid NOT NULL,
    issuer_unit text NOT NULL,
    form text NOT NULL,
    year integer NOT NULL,
    serial integer NOT NULL,
    number text NOT NULL,
    file_hash text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT session_minutes_file_hash_check CHECK ((length(file_hash) = 64)),
    CONSTRAINT session_minutes_serial_check CHECK ((serial > 0))
);

CREATE TABLE review.session_packs (
    id uuid DEFAULT uuidv7() NOT NULL,
    session_id uuid NOT NULL,
    file_hash text NOT NULL,
    listing jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT session_packs_file_hash_check CHECK ((length(file_hash) = 64))
);

CREATE TABLE review.sessions (
    id uuid DEFAULT uuidv7() NOT NULL,
    issuer_unit text NOT NULL,
    form text NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    planned_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    cancelled_at timestamp with time zone,
    CONSTRAINT sessions_form_check CHECK ((form = ANY (ARRAY['executive'::text, 'plenary'::text, 'office'::text]))),
    CONSTRAINT sessions_name_check CHECK ((name <> ''::text)),
    CONSTRAINT sessions_place_check CHECK ((place <> ''::text))
);

CREATE TABLE review.sign_offs (
    id uuid DEFAULT uuidv7() NOT NULL,
    document_id uuid NOT NULL,
    "position" integer NOT NULL,
    round_id uuid NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    unit_name text NOT NULL,
    role text NOT NULL,
    outcome text NOT NULL,
    text_hash text NOT NULL,
    materials_hash text NOT NULL,
    opinion text DEFAULT ''::text NOT NULL,
    record jsonb NOT NULL,
    record_hash text NOT NULL,
    prev_hash text NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    on_behalf_of text,
    on_behalf_name text,
    key_id uuid,
    signature bytea,
    CONSTRAINT on_behalf_is_named CHECK (((on_behalf_of IS NULL) = (on_behalf_name IS NULL))),
    CONSTRAINT sign_offs_check CHECK ((on_behalf_of <> person_id)),
    CONSTRAINT sign_offs_position_check CHECK (("position" > 0)),
    CONSTRAINT signed_by_a_key CHECK (((key_id IS NULL) = (signature IS NULL)))
);

CREATE TABLE review.signing_keys (
    id uuid NOT NULL,
    person_id text NOT NULL,
    algorithm text NOT NULL,
    public_key bytea NOT NULL,
    wrapped bytea NOT NULL,
    wrapped_by text NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone,
    ended_why text,
    ended_by text,
    ended_reason text,
    CONSTRAINT signing_keys_algorithm_check CHECK ((algorithm = ANY (ARRAY['Ed25519'::text, 'SM2-SM3'::text]))),
    CONSTRAINT signing_keys_check CHECK ((num_nonnulls(valid_to, ended_why, ended_by, ended_reason) = ANY (ARRAY[0, 4]))),
    CONSTRAINT signing_keys_check1 CHECK ((valid_to >= valid_from)),
    CONSTRAINT signing_keys_check2 CHECK (((ended_why IS DISTINCT FROM 'revoked'::text) OR (length(ended_reason) >= 4))),
    CONSTRAINT signing_keys_ended_why_check CHECK ((ended_why = ANY (ARRAY['rotated'::text, 'revoked'::text])))
);

CREATE TABLE review.standing_acts (
    id uuid DEFAULT uuidv7() NOT NULL,
    target_id uuid NOT NULL,
    "position" integer NOT NULL,
    change text NOT NULL,
    by_document uuid,
    situation text DEFAULT ''::text NOT NULL,
    urgency text DEFAULT ''::text NOT NULL,
    reason text NOT NULL,
    effective_on date NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT changed_by_a_document CHECK (((change = ANY (ARRAY['amended'::text, 'ended'::text])) = (by_document IS NOT NULL))),
    CONSTRAINT standing_acts_change_check CHECK ((change = ANY (ARRAY['amended'::text, 'ended'::text, 'suspended'::text, 'resumed'::text]))),
    CONSTRAINT standing_acts_position_check CHECK (("position" > 0)),
    CONSTRAINT standing_acts_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT suspended_in_urgency CHECK (((change <> 'suspended'::text) OR ((urgency <> ''::text) AND (situation = ANY (ARRAY['problem'::text, 'circumstances'::text, 'force_majeure'::text])))))
);

CREATE TABLE review.statements (
    meeting_id uuid NOT NULL,
    speaking_order integer NOT NULL,
    person_id text NOT NULL,
    name text NOT NULL,
    stance text NOT NULL,
    opinion text NOT NULL,
    dissents boolean NOT NULL,
    CONSTRAINT statements_opinion_check CHECK ((opinion <> ''::text)),
    CONSTRAINT statements_speaking_order_check CHECK ((speaking_order > 0)),
    CONSTRAINT statements_stance_check CHECK ((stance = ANY (ARRAY['for'::text, 'amend'::text, 'against'::text])))
);

CREATE TABLE review.supplements (
    id uuid DEFAULT uuidv7() NOT NULL,
    round_id uuid NOT NULL,
    missing text[] NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    asked_by text NOT NULL,
    asked_name text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answered_by text,
    answer text,
    ended_at timestamp with time zone,
    ended_why text,
    CONSTRAINT supplements_check CHECK (((ended_at IS NULL) = (ended_why IS NULL))),
    CONSTRAINT supplements_check1 CHECK (((ended_at IS NULL) OR (ended_at >= asked_at))),
    CONSTRAINT supplements_ended_by CHECK (((answered_by IS NOT NULL) = (COALESCE(ended_why, ''::text) = ANY (ARRAY['answered'::text, 'withdrawn'::text])))),
    CONSTRAINT supplements_ended_why_check CHECK ((ended_why = ANY (ARRAY['answered'::text, 'decided'::text, 'withdrawn'::text]))),
    CONSTRAINT supplements_missing_check CHECK ((cardinality(missing) > 0)),
    CONSTRAINT withdrawal_has_a_reason CHECK (((ended_why IS DISTINCT FROM 'withdrawn'::text) OR (COALESCE(answer, ''::text) <> ''::text)))
);

CREATE TABLE review.urgencies (
    round_id uuid NOT NULL,
    basis text NOT NULL,
    reason text NOT NULL,
    wanted_by timestamp with time zone NOT NULL,
    person_id text NOT NULL,
    person_name text NOT NULL,
    unit_id text NOT NULL,
    said_at timestamp with time zone NOT NULL,
    CONSTRAINT urgencies_basis_check CHECK ((basis <> ''::text)),
    CONSTRAINT urgencies_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY review.acceptances
    ADD CONSTRAINT acceptances_pkey PRIMARY KEY (round_id);

ALTER TABLE review.meeting_decisions
    ADD CONSTRAINT amendments_make_a_text CHECK (((outcome = 'passed_as_amended'::text) = (amended_hash IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY review.attendees
    ADD CONSTRAINT attendees_meeting_id_person_id_key UNIQUE (meeting_id, person_id);

ALTER TABLE ONLY review.attendees
    ADD CONSTRAINT attendees_pkey PRIMARY KEY (meeting_id, "position");

ALTER TABLE ONLY review.authors
    ADD CONSTRAINT authors_pkey PRIMARY KEY (document_id, person_id);

ALTER TABLE ONLY review.catalogue_entries
    ADD CONSTRAINT catalogue_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.catalogue_links
    ADD CONSTRAINT catalogue_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.catalogue_publications
    ADD CONSTRAINT catalogue_publications_pkey PRIMARY KEY (issuer_unit, year);

ALTER TABLE ONLY review.catalogue_revisions
    ADD CONSTRAINT catalogue_revisions_pkey PRIMARY KEY (entry_id, revision);

ALTER TABLE ONLY review.chains
    ADD CONSTRAINT chains_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY review.checklist_answers
    ADD CONSTRAINT checklist_answers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.cleanup_asks
    ADD CONSTRAINT cleanup_asks_pkey PRIMARY KEY (cleanup_id, document_id);

ALTER TABLE ONLY review.cleanup_inventory
    ADD CONSTRAINT cleanup_inventory_pkey PRIMARY KEY (cleanup_id, document_id);

ALTER TABLE ONLY review.cleanup_outcomes
    ADD CONSTRAINT cleanup_outcomes_pkey PRIMARY KEY (cleanup_id, document_id, revision);

ALTER TABLE ONLY review.cleanup_results
    ADD CONSTRAINT cleanup_results_pkey PRIMARY KEY (cleanup_id);

ALTER TABLE ONLY review.cleanups
    ADD CONSTRAINT cleanups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.consultation_asks
    ADD CONSTRAINT consultation_asks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.consultation_asks
    ADD CONSTRAINT consultation_asks_round_id_ordinal_key UNIQUE (round_id, ordinal);

ALTER TABLE ONLY review.consultation_ends
    ADD CONSTRAINT consultation_ends_pkey PRIMARY KEY (ask_id);

ALTER TABLE ONLY review.consultation_replies
    ADD CONSTRAINT consultation_replies_ask_id_position_key UNIQUE (ask_id, "position");

ALTER TABLE ONLY review.consultation_replies
    ADD CONSTRAINT consultation_replies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.counsel
    ADD CONSTRAINT counsel_pkey PRIMARY KEY (round_id, "position");

ALTER TABLE ONLY review.declared_changes
    ADD CONSTRAINT declared_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.evaluation_results
    ADD CONSTRAINT evaluation_results_pkey PRIMARY KEY (evaluation_id);

ALTER TABLE ONLY review.evaluations
    ADD CONSTRAINT evaluations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.expert_adoptions
    ADD CONSTRAINT expert_adoptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.expert_declarations
    ADD CONSTRAINT expert_declarations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.expert_draws
    ADD CONSTRAINT expert_draws_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.expert_opinions
    ADD CONSTRAINT expert_opinions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.expert_opinions
    ADD CONSTRAINT expert_opinions_round_id_expert_id_key UNIQUE (round_id, expert_id);

ALTER TABLE ONLY review.expert_panel
    ADD CONSTRAINT expert_panel_pkey PRIMARY KEY (round_id, expert_id);

ALTER TABLE ONLY review.experts
    ADD CONSTRAINT experts_pkey PRIMARY KEY (id, version);

ALTER TABLE ONLY review.finding_verdicts
    ADD CONSTRAINT finding_verdicts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.hearing_applications
    ADD CONSTRAINT hearing_applications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.hearing_applications
    ADD CONSTRAINT hearing_applications_round_id_number_key UNIQUE (round_id, number);

ALTER TABLE ONLY review.hearing_contact_erasures
    ADD CONSTRAINT hearing_contact_erasures_pkey PRIMARY KEY (round_id);

ALTER TABLE ONLY review.hearing_contact_reads
    ADD CONSTRAINT hearing_contact_reads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.hearing_contacts
    ADD CONSTRAINT hearing_contacts_pkey PRIMARY KEY (application_id);

ALTER TABLE ONLY review.hearing_knocks
    ADD CONSTRAINT hearing_knocks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.hearing_knocks
    ADD CONSTRAINT hearing_knocks_proof_key UNIQUE (proof);

ALTER TABLE ONLY review.hearing_withdrawals
    ADD CONSTRAINT hearing_withdrawals_pkey PRIMARY KEY (application_id);

ALTER TABLE ONLY review.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (actor, key);

ALTER TABLE ONLY review.item_drafts
    ADD CONSTRAINT item_drafts_pkey PRIMARY KEY (item_id, revision);

ALTER TABLE ONLY review.joint_rounds
    ADD CONSTRAINT joint_rounds_pkey PRIMARY KEY (round_id);

ALTER TABLE ONLY review.letter_prints
    ADD CONSTRAINT letter_prints_pkey PRIMARY KEY (letter_id);

ALTER TABLE ONLY review.letter_series
    ADD CONSTRAINT letter_series_pkey PRIMARY KEY (unit_id, year);

ALTER TABLE ONLY review.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.letters
    ADD CONSTRAINT letters_unit_id_year_serial_key UNIQUE (unit_id, year, serial);

ALTER TABLE ONLY review.material_checks
    ADD CONSTRAINT material_checks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.meeting_decisions
    ADD CONSTRAINT meeting_decisions_pkey PRIMARY KEY (meeting_id);

ALTER TABLE ONLY review.meetings
    ADD CONSTRAINT meetings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.meetings
    ADD CONSTRAINT meetings_round_id_key UNIQUE (round_id);

ALTER TABLE ONLY review.not_applicable
    ADD CONSTRAINT not_applicable_pkey PRIMARY KEY (round_id);

ALTER TABLE ONLY review.seal_uses
    ADD CONSTRAINT one_seal_of_an_issuer UNIQUE (document_id, text_hash, issuer_unit);

ALTER TABLE ONLY review.opinion_points
    ADD CONSTRAINT opinion_points_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.opinion_points
    ADD CONSTRAINT opinion_points_round_id_position_key UNIQUE (round_id, "position");

ALTER TABLE ONLY review.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.own_texts
    ADD CONSTRAINT own_texts_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY review.papers
    ADD CONSTRAINT papers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.papers
    ADD CONSTRAINT papers_round_id_role_file_hash_key UNIQUE (round_id, role, file_hash);

ALTER TABLE ONLY review.passkey_acts
    ADD CONSTRAINT passkey_acts_passkey_id_act_key UNIQUE (passkey_id, act);

ALTER TABLE ONLY review.passkey_acts
    ADD CONSTRAINT passkey_acts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.passkey_challenges
    ADD CONSTRAINT passkey_challenges_pkey PRIMARY KEY (nonce);

ALTER TABLE ONLY review.passkeys
    ADD CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY review.passkeys
    ADD CONSTRAINT passkeys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.point_answers
    ADD CONSTRAINT point_answers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.precedents
    ADD CONSTRAINT precedents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.recusals
    ADD CONSTRAINT recusals_pkey PRIMARY KEY (meeting_id, person_id);

ALTER TABLE ONLY review.reports
    ADD CONSTRAINT reports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.reports
    ADD CONSTRAINT reports_round_id_part_position_key UNIQUE (round_id, part, "position");

ALTER TABLE ONLY review.rounds
    ADD CONSTRAINT rounds_document_id_stage_ordinal_key UNIQUE (document_id, stage, ordinal);

ALTER TABLE ONLY review.rounds
    ADD CONSTRAINT rounds_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.seal_keepings
    ADD CONSTRAINT seal_keepings_pkey PRIMARY KEY (seal_id, revision);

ALTER TABLE ONLY review.seal_uses
    ADD CONSTRAINT seal_uses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.seals
    ADD CONSTRAINT seals_unit_id_name_form_key UNIQUE (unit_id, name, form);

ALTER TABLE ONLY review.seat_ends
    ADD CONSTRAINT seat_ends_pkey PRIMARY KEY (seat_id);

ALTER TABLE ONLY review.seat_order
    ADD CONSTRAINT seat_order_pkey PRIMARY KEY (first_id, then_id);

ALTER TABLE ONLY review.seat_signs
    ADD CONSTRAINT seat_signs_pkey PRIMARY KEY (seat_id);

ALTER TABLE ONLY review.seat_signs
    ADD CONSTRAINT seat_signs_sign_off_id_key UNIQUE (sign_off_id);

ALTER TABLE ONLY review.seats
    ADD CONSTRAINT seats_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.seats
    ADD CONSTRAINT seats_round_id_ordinal_key UNIQUE (round_id, ordinal);

ALTER TABLE ONLY review.session_events
    ADD CONSTRAINT session_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.session_items
    ADD CONSTRAINT session_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.session_minutes
    ADD CONSTRAINT session_minutes_issuer_unit_form_year_serial_key UNIQUE (issuer_unit, form, year, serial);

ALTER TABLE ONLY review.session_minutes
    ADD CONSTRAINT session_minutes_pkey PRIMARY KEY (session_id);

ALTER TABLE ONLY review.session_packs
    ADD CONSTRAINT session_packs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.sessions
    ADD CONSTRAINT sessions_issuer_unit_name_key UNIQUE (issuer_unit, name);

ALTER TABLE ONLY review.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_document_id_position_key UNIQUE (document_id, "position");

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_record_hash_key UNIQUE (record_hash);

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_round_id_person_id_key UNIQUE (round_id, person_id);

ALTER TABLE ONLY review.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.signing_keys
    ADD CONSTRAINT signing_keys_public_key_key UNIQUE (public_key);

ALTER TABLE ONLY review.standing_acts
    ADD CONSTRAINT standing_acts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.standing_acts
    ADD CONSTRAINT standing_acts_target_id_by_document_key UNIQUE (target_id, by_document);

ALTER TABLE ONLY review.standing_acts
    ADD CONSTRAINT standing_acts_target_id_position_key UNIQUE (target_id, "position");

ALTER TABLE ONLY review.statements
    ADD CONSTRAINT statements_meeting_id_person_id_key UNIQUE (meeting_id, person_id);

ALTER TABLE ONLY review.statements
    ADD CONSTRAINT statements_pkey PRIMARY KEY (meeting_id, speaking_order);

ALTER TABLE ONLY review.supplements
    ADD CONSTRAINT supplements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY review.urgencies
    ADD CONSTRAINT urgencies_pkey PRIMARY KEY (round_id);

CREATE INDEX catalogue_entries_of ON review.catalogue_entries USING btree (issuer_unit, year);

CREATE INDEX catalogue_links_of ON review.catalogue_links USING btree (document_id, id);

CREATE INDEX catalogue_links_to ON review.catalogue_links USING btree (entry_id);

CREATE INDEX checklist_answers_of ON review.checklist_answers USING btree (document_id, item, id);

CREATE INDEX cleanup_asks_of ON review.cleanup_asks USING btree (document_id);

CREATE INDEX cleanups_of ON review.cleanups USING btree (issuer_unit, opened_at DESC);

CREATE INDEX declared_changes_of ON review.declared_changes USING btree (document_id, target_id, id DESC);

CREATE INDEX evaluations_of ON review.evaluations USING btree (document_id, at);

CREATE INDEX finding_verdicts_of_document ON review.finding_verdicts USING btree (document_id, finding, id);

CREATE INDEX hearing_knocks_of ON review.hearing_knocks USING btree (key, at);

CREATE INDEX idempotency_age ON review.idempotency USING btree (created_at);

CREATE INDEX letters_of ON review.letters USING btree (round_id, made_at);

CREATE INDEX material_checks_of ON review.material_checks USING btree (round_id, material, id);

CREATE INDEX meetings_held ON review.meetings USING btree (issuer_unit, started_at);

CREATE INDEX opinion_points_of ON review.opinion_points USING btree (document_id);

CREATE INDEX outbox_due ON review.outbox USING btree (next_try_at, "position") WHERE (state = 'waiting'::text);

CREATE INDEX outbox_parked ON review.outbox USING btree ("position") WHERE (state = 'parked'::text);

CREATE INDEX outbox_waiting ON review.outbox USING btree (key, "position") WHERE (state = 'waiting'::text);

CREATE INDEX passkey_challenges_of ON review.passkey_challenges USING btree (person_id, expires_at);

CREATE INDEX passkeys_of_person ON review.passkeys USING btree (person_id) WHERE (revoked_at IS NULL);

CREATE INDEX point_answers_of ON review.point_answers USING btree (point_id, id);

CREATE INDEX precedents_tokens ON review.precedents USING gin (tokens);

CREATE INDEX rounds_decided ON review.rounds USING btree (issuer_unit, decided_at) WHERE (why = 'decided'::text);

CREATE INDEX rounds_open ON review.rounds USING btree (stage, due_on) WHERE (closed_at IS NULL);

CREATE INDEX seal_uses_of ON review.seal_uses USING btree (seal_id, used_at DESC);

CREATE UNIQUE INDEX seats_leading ON review.seats USING btree (round_id) WHERE leads;

CREATE INDEX session_events_of ON review.session_events USING btree (session_id, id);

CREATE UNIQUE INDEX session_items_live ON review.session_items USING btree (round_id) WHERE (off_at IS NULL);

CREATE INDEX session_items_of ON review.session_items USING btree (session_id, "position");

CREATE INDEX session_packs_of ON review.session_packs USING btree (session_id, made_at);

CREATE INDEX sessions_by_time ON review.sessions USING btree (issuer_unit, starts_at DESC);

CREATE INDEX sign_offs_by_person ON review.sign_offs USING btree (person_id, signed_at);

CREATE UNIQUE INDEX signing_keys_current ON review.signing_keys USING btree (person_id) WHERE (valid_to IS NULL);

CREATE UNIQUE INDEX supplements_open ON review.supplements USING btree (round_id) WHERE (ended_at IS NULL);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.acceptances FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.attendees FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.authors FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.catalogue_entries FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.catalogue_links FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.catalogue_publications FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.catalogue_revisions FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.checklist_answers FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.cleanup_asks FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.cleanup_inventory FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.cleanup_outcomes FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.cleanup_results FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.cleanups FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.consultation_asks FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.consultation_ends FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.consultation_replies FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.counsel FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.declared_changes FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.evaluation_results FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.evaluations FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.expert_adoptions FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.expert_declarations FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.expert_draws FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.expert_opinions FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.expert_panel FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.experts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.finding_verdicts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.hearing_applications FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.hearing_contact_erasures FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.hearing_contact_reads FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.hearing_withdrawals FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.item_drafts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.joint_rounds FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.letter_prints FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.letters FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.material_checks FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.meeting_decisions FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.meetings FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.not_applicable FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.own_texts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.papers FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.passkey_acts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.point_answers FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.recusals FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.reports FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seal_keepings FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seal_uses FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seals FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seat_ends FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seat_order FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seat_signs FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.seats FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.session_events FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.session_minutes FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.session_packs FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.standing_acts FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.statements FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON review.urgencies FOR EACH ROW EXECUTE FUNCTION review.append_only();

CREATE TRIGGER forget_hearing_contacts AFTER UPDATE ON review.rounds FOR EACH ROW WHEN (((old.closed_at IS NULL) AND (new.closed_at IS NOT NULL) AND (new.stage = 'hearing'::text))) EXECUTE FUNCTION review.forget_hearing_contacts();

CREATE TRIGGER guard_acceptance BEFORE INSERT ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.guard_acceptance();

CREATE TRIGGER guard_answer BEFORE INSERT ON review.point_answers FOR EACH ROW EXECUTE FUNCTION review.guard_answer();

CREATE TRIGGER guard_application BEFORE INSERT ON review.hearing_applications FOR EACH ROW EXECUTE FUNCTION review.guard_application();

CREATE TRIGGER guard_cleanup_open BEFORE INSERT ON review.cleanup_inventory FOR EACH ROW EXECUTE FUNCTION review.guard_cleanup_open();

CREATE TRIGGER guard_cleanup_open BEFORE INSERT ON review.cleanup_outcomes FOR EACH ROW EXECUTE FUNCTION review.guard_cleanup_open();

CREATE TRIGGER guard_cleanup_sum BEFORE INSERT ON review.cleanup_results FOR EACH ROW EXECUTE FUNCTION review.guard_cleanup_sum();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.declared_changes FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.expert_adoptions FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.expert_declarations FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.expert_draws FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.expert_opinions FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.expert_panel FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_collected BEFORE INSERT ON review.reports FOR EACH ROW EXECUTE FUNCTION review.guard_collected();

CREATE TRIGGER guard_consultation_ask BEFORE INSERT ON review.consultation_asks FOR EACH ROW EXECUTE FUNCTION review.guard_consultation_ask();

CREATE TRIGGER guard_consultation_end BEFORE INSERT ON review.consultation_ends FOR EACH ROW EXECUTE FUNCTION review.guard_consultation_end();

CREATE TRIGGER guard_consultation_reply BEFORE INSERT ON review.consultation_replies FOR EACH ROW EXECUTE FUNCTION review.guard_consultation_reply();

CREATE TRIGGER guard_decision BEFORE INSERT ON review.meeting_decisions FOR EACH ROW EXECUTE FUNCTION review.guard_decision();

CREATE TRIGGER guard_deputy BEFORE INSERT ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.guard_deputy();

CREATE TRIGGER guard_evaluation BEFORE INSERT ON review.evaluations FOR EACH ROW EXECUTE FUNCTION review.guard_evaluation();

CREATE TRIGGER guard_expert BEFORE INSERT ON review.expert_opinions FOR EACH ROW EXECUTE FUNCTION review.guard_expert();

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.acceptances FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.finding_verdicts FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.joint_rounds FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('called_by');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.material_checks FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.not_applicable FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.reports FOR EACH ROW WHEN ((new.part = 'report_reply'::text)) EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.seal_uses FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('person_id');

CREATE TRIGGER guard_four_eyes BEFORE INSERT ON review.supplements FOR EACH ROW EXECUTE FUNCTION review.guard_four_eyes('asked_by');

CREATE TRIGGER guard_item BEFORE INSERT ON review.session_items FOR EACH ROW EXECUTE FUNCTION review.guard_item();

CREATE TRIGGER guard_joint_decision BEFORE UPDATE ON review.rounds FOR EACH ROW EXECUTE FUNCTION review.guard_joint_decision();

CREATE TRIGGER guard_joint_round BEFORE INSERT ON review.joint_rounds FOR EACH ROW EXECUTE FUNCTION review.guard_joint_round();

CREATE TRIGGER guard_own_document BEFORE INSERT ON review.cleanup_outcomes FOR EACH ROW EXECUTE FUNCTION review.guard_own_document();

CREATE TRIGGER guard_own_document BEFORE INSERT ON review.evaluations FOR EACH ROW EXECUTE FUNCTION review.guard_own_document();

CREATE TRIGGER guard_own_result BEFORE INSERT ON review.evaluation_results FOR EACH ROW EXECUTE FUNCTION review.guard_own_result();

CREATE TRIGGER guard_paper BEFORE INSERT ON review.papers FOR EACH ROW EXECUTE FUNCTION review.guard_paper();

CREATE TRIGGER guard_passkey_act BEFORE INSERT ON review.passkey_acts FOR EACH ROW EXECUTE FUNCTION review.guard_passkey_act();

CREATE TRIGGER guard_recused AFTER INSERT ON review.recusals FOR EACH ROW EXECUTE FUNCTION review.guard_recused();

CREATE TRIGGER guard_recused AFTER INSERT ON review.statements FOR EACH ROW EXECUTE FUNCTION review.guard_recused();

CREATE TRIGGER guard_ruling BEFORE INSERT ON review.reports FOR EACH ROW WHEN ((new.part = 'ruling'::text)) EXECUTE FUNCTION review.guard_ruling();

CREATE TRIGGER guard_seal_use BEFORE INSERT ON review.seal_uses FOR EACH ROW EXECUTE FUNCTION review.guard_seal_use();

CREATE TRIGGER guard_sealed BEFORE UPDATE ON review.rounds FOR EACH ROW EXECUTE FUNCTION review.guard_sealed();

CREATE TRIGGER guard_seat BEFORE INSERT ON review.seats FOR EACH ROW EXECUTE FUNCTION review.guard_seat();

CREATE TRIGGER guard_seat_end BEFORE INSERT ON review.seat_ends FOR EACH ROW EXECUTE FUNCTION review.guard_seat_end();

CREATE TRIGGER guard_seat_sign BEFORE INSERT ON review.seat_signs FOR EACH ROW EXECUTE FUNCTION review.guard_seat_sign();

CREATE TRIGGER guard_sign_off BEFORE INSERT ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.guard_sign_off();

CREATE TRIGGER guard_signature BEFORE INSERT ON review.sign_offs FOR EACH ROW EXECUTE FUNCTION review.guard_signature();

CREATE TRIGGER guard_standing BEFORE INSERT ON review.standing_acts FOR EACH ROW EXECUTE FUNCTION review.guard_standing();

CREATE TRIGGER keep_item BEFORE DELETE OR UPDATE ON review.session_items FOR EACH ROW EXECUTE FUNCTION review.keep_item();

CREATE TRIGGER keep_key BEFORE DELETE OR UPDATE ON review.signing_keys FOR EACH ROW EXECUTE FUNCTION review.keep_key();

CREATE TRIGGER keep_passkey BEFORE DELETE OR UPDATE ON review.passkeys FOR EACH ROW EXECUTE FUNCTION review.keep_passkey();

CREATE TRIGGER keep_point BEFORE DELETE OR UPDATE ON review.opinion_points FOR EACH ROW EXECUTE FUNCTION review.keep_point();

CREATE TRIGGER keep_round BEFORE DELETE OR UPDATE ON review.rounds FOR EACH ROW EXECUTE FUNCTION review.keep_round();

CREATE TRIGGER keep_session BEFORE DELETE OR UPDATE ON review.sessions FOR EACH ROW EXECUTE FUNCTION review.keep_session();

CREATE TRIGGER keep_supplement BEFORE DELETE OR UPDATE ON review.supplements FOR EACH ROW EXECUTE FUNCTION review.keep_supplement();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON review.passkey_acts FOR EACH STATEMENT EXECUTE FUNCTION review.append_only();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON review.passkeys FOR EACH STATEMENT EXECUTE FUNCTION review.append_only();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON review.sign_offs FOR EACH STATEMENT EXECUTE FUNCTION review.append_only();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON review.signing_keys FOR EACH STATEMENT EXECUTE FUNCTION review.append_only();

CREATE TRIGGER outbox_wake AFTER INSERT ON review.outbox FOR EACH STATEMENT EXECUTE FUNCTION review.outbox_wake();

CREATE CONSTRAINT TRIGGER passkey_is_enrolled AFTER INSERT ON review.passkeys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION review.passkey_is_proven();

CREATE CONSTRAINT TRIGGER passkey_is_revoked AFTER UPDATE OF revoked_at ON review.passkeys DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.revoked_at IS NOT NULL)) EXECUTE FUNCTION review.passkey_is_proven();

CREATE CONSTRAINT TRIGGER seat_is_filled AFTER INSERT ON review.sign_offs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION review.seat_is_filled();

CREATE TRIGGER withdraw_application BEFORE INSERT ON review.hearing_withdrawals FOR EACH ROW EXECUTE FUNCTION review.withdraw_application();

ALTER TABLE ONLY review.acceptances
    ADD CONSTRAINT acceptances_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.attendees
    ADD CONSTRAINT attendees_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES review.meetings(id);

ALTER TABLE ONLY review.catalogue_links
    ADD CONSTRAINT catalogue_links_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES review.catalogue_entries(id);

ALTER TABLE ONLY review.catalogue_links
    ADD CONSTRAINT catalogue_links_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.catalogue_revisions
    ADD CONSTRAINT catalogue_revisions_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES review.catalogue_entries(id);

ALTER TABLE ONLY review.checklist_answers
    ADD CONSTRAINT checklist_answers_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.cleanup_asks
    ADD CONSTRAINT cleanup_asks_cleanup_id_document_id_fkey FOREIGN KEY (cleanup_id, document_id) REFERENCES review.cleanup_inventory(cleanup_id, document_id);

ALTER TABLE ONLY review.cleanup_asks
    ADD CONSTRAINT cleanup_asks_cleanup_id_fkey FOREIGN KEY (cleanup_id) REFERENCES review.cleanup_results(cleanup_id);

ALTER TABLE ONLY review.cleanup_inventory
    ADD CONSTRAINT cleanup_inventory_cleanup_id_fkey FOREIGN KEY (cleanup_id) REFERENCES review.cleanups(id);

ALTER TABLE ONLY review.cleanup_inventory
    ADD CONSTRAINT cleanup_inventory_document_id_fkey FOREIGN KEY (document_id) REFERENCES review.own_texts(document_id);

ALTER TABLE ONLY review.cleanup_outcomes
    ADD CONSTRAINT cleanup_outcomes_cleanup_id_document_id_fkey FOREIGN KEY (cleanup_id, document_id) REFERENCES review.cleanup_inventory(cleanup_id, document_id);

ALTER TABLE ONLY review.cleanup_results
    ADD CONSTRAINT cleanup_results_cleanup_id_fkey FOREIGN KEY (cleanup_id) REFERENCES review.cleanups(id);

ALTER TABLE ONLY review.consultation_asks
    ADD CONSTRAINT consultation_asks_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.consultation_ends
    ADD CONSTRAINT consultation_ends_ask_id_fkey FOREIGN KEY (ask_id) REFERENCES review.consultation_asks(id);

ALTER TABLE ONLY review.consultation_replies
    ADD CONSTRAINT consultation_replies_ask_id_fkey FOREIGN KEY (ask_id) REFERENCES review.consultation_asks(id);

ALTER TABLE ONLY review.counsel
    ADD CONSTRAINT counsel_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.declared_changes
    ADD CONSTRAINT declared_changes_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.declared_changes
    ADD CONSTRAINT declared_changes_target_id_fkey FOREIGN KEY (target_id) REFERENCES review.own_texts(document_id);

ALTER TABLE ONLY review.evaluation_results
    ADD CONSTRAINT evaluation_results_evaluation_id_fkey FOREIGN KEY (evaluation_id) REFERENCES review.evaluations(id);

ALTER TABLE ONLY review.evaluations
    ADD CONSTRAINT evaluations_document_id_fkey FOREIGN KEY (document_id) REFERENCES review.own_texts(document_id);

ALTER TABLE ONLY review.expert_adoptions
    ADD CONSTRAINT expert_adoptions_round_id_expert_id_fkey FOREIGN KEY (round_id, expert_id) REFERENCES review.expert_panel(round_id, expert_id);

ALTER TABLE ONLY review.expert_declarations
    ADD CONSTRAINT expert_declarations_round_id_expert_id_fkey FOREIGN KEY (round_id, expert_id) REFERENCES review.expert_panel(round_id, expert_id);

ALTER TABLE ONLY review.expert_draws
    ADD CONSTRAINT expert_draws_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.expert_opinions
    ADD CONSTRAINT expert_opinions_round_id_expert_id_fkey FOREIGN KEY (round_id, expert_id) REFERENCES review.expert_panel(round_id, expert_id);

ALTER TABLE ONLY review.expert_panel
    ADD CONSTRAINT expert_panel_draw_id_fkey FOREIGN KEY (draw_id) REFERENCES review.expert_draws(id);

ALTER TABLE ONLY review.expert_panel
    ADD CONSTRAINT expert_panel_expert_id_version_fkey FOREIGN KEY (expert_id, version) REFERENCES review.experts(id, version);

ALTER TABLE ONLY review.expert_panel
    ADD CONSTRAINT expert_panel_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.finding_verdicts
    ADD CONSTRAINT finding_verdicts_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.hearing_applications
    ADD CONSTRAINT hearing_applications_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.hearing_contact_erasures
    ADD CONSTRAINT hearing_contact_erasures_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.hearing_contact_reads
    ADD CONSTRAINT hearing_contact_reads_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.hearing_contacts
    ADD CONSTRAINT hearing_contacts_application_id_fkey FOREIGN KEY (application_id) REFERENCES review.hearing_applications(id);

ALTER TABLE ONLY review.hearing_withdrawals
    ADD CONSTRAINT hearing_withdrawals_application_id_fkey FOREIGN KEY (application_id) REFERENCES review.hearing_applications(id);

ALTER TABLE ONLY review.item_drafts
    ADD CONSTRAINT item_drafts_item_id_fkey FOREIGN KEY (item_id) REFERENCES review.session_items(id);

ALTER TABLE ONLY review.joint_rounds
    ADD CONSTRAINT joint_rounds_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.letter_prints
    ADD CONSTRAINT letter_prints_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES review.letters(id);

ALTER TABLE ONLY review.letters
    ADD CONSTRAINT letters_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.material_checks
    ADD CONSTRAINT material_checks_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.meeting_decisions
    ADD CONSTRAINT meeting_decisions_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES review.meetings(id);

ALTER TABLE ONLY review.meetings
    ADD CONSTRAINT meetings_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.meetings
    ADD CONSTRAINT meetings_session_id_fkey FOREIGN KEY (session_id) REFERENCES review.sessions(id);

ALTER TABLE ONLY review.not_applicable
    ADD CONSTRAINT not_applicable_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.opinion_points
    ADD CONSTRAINT opinion_points_handled_in_fkey FOREIGN KEY (handled_in) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.opinion_points
    ADD CONSTRAINT opinion_points_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.papers
    ADD CONSTRAINT papers_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.passkey_acts
    ADD CONSTRAINT passkey_acts_passkey_id_fkey FOREIGN KEY (passkey_id) REFERENCES review.passkeys(id);

ALTER TABLE ONLY review.passkey_acts
    ADD CONSTRAINT passkey_acts_proof_passkey_fkey FOREIGN KEY (proof_passkey) REFERENCES review.passkeys(id);

ALTER TABLE ONLY review.passkey_challenges
    ADD CONSTRAINT passkey_challenges_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.point_answers
    ADD CONSTRAINT point_answers_point_id_fkey FOREIGN KEY (point_id) REFERENCES review.opinion_points(id);

ALTER TABLE ONLY review.precedents
    ADD CONSTRAINT precedents_point_id_fkey FOREIGN KEY (point_id) REFERENCES review.opinion_points(id);

ALTER TABLE ONLY review.precedents
    ADD CONSTRAINT precedents_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.recusals
    ADD CONSTRAINT recusals_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES review.meetings(id);

ALTER TABLE ONLY review.reports
    ADD CONSTRAINT reports_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.seal_keepings
    ADD CONSTRAINT seal_keepings_seal_id_fkey FOREIGN KEY (seal_id) REFERENCES review.seals(id);

ALTER TABLE ONLY review.seal_uses
    ADD CONSTRAINT seal_uses_approval_id_fkey FOREIGN KEY (approval_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.seal_uses
    ADD CONSTRAINT seal_uses_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.seal_uses
    ADD CONSTRAINT seal_uses_seal_id_fkey FOREIGN KEY (seal_id) REFERENCES review.seals(id);

ALTER TABLE ONLY review.seat_ends
    ADD CONSTRAINT seat_ends_seat_id_fkey FOREIGN KEY (seat_id) REFERENCES review.seats(id);

ALTER TABLE ONLY review.seat_order
    ADD CONSTRAINT seat_order_first_id_fkey FOREIGN KEY (first_id) REFERENCES review.seats(id);

ALTER TABLE ONLY review.seat_order
    ADD CONSTRAINT seat_order_then_id_fkey FOREIGN KEY (then_id) REFERENCES review.seats(id);

ALTER TABLE ONLY review.seat_signs
    ADD CONSTRAINT seat_signs_seat_id_fkey FOREIGN KEY (seat_id) REFERENCES review.seats(id);

ALTER TABLE ONLY review.seat_signs
    ADD CONSTRAINT seat_signs_sign_off_id_fkey FOREIGN KEY (sign_off_id) REFERENCES review.sign_offs(id);

ALTER TABLE ONLY review.seats
    ADD CONSTRAINT seats_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.joint_rounds(round_id);

ALTER TABLE ONLY review.session_events
    ADD CONSTRAINT session_events_session_id_fkey FOREIGN KEY (session_id) REFERENCES review.sessions(id);

ALTER TABLE ONLY review.session_items
    ADD CONSTRAINT session_items_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.session_items
    ADD CONSTRAINT session_items_session_id_fkey FOREIGN KEY (session_id) REFERENCES review.sessions(id);

ALTER TABLE ONLY review.session_minutes
    ADD CONSTRAINT session_minutes_session_id_fkey FOREIGN KEY (session_id) REFERENCES review.sessions(id);

ALTER TABLE ONLY review.session_packs
    ADD CONSTRAINT session_packs_session_id_fkey FOREIGN KEY (session_id) REFERENCES review.sessions(id);

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_key_id_fkey FOREIGN KEY (key_id) REFERENCES review.signing_keys(id);

ALTER TABLE ONLY review.sign_offs
    ADD CONSTRAINT sign_offs_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.standing_acts
    ADD CONSTRAINT standing_acts_by_document_fkey FOREIGN KEY (by_document) REFERENCES review.own_texts(document_id);

ALTER TABLE ONLY review.standing_acts
    ADD CONSTRAINT standing_acts_target_id_fkey FOREIGN KEY (target_id) REFERENCES review.own_texts(document_id);

ALTER TABLE ONLY review.statements
    ADD CONSTRAINT statements_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES review.meetings(id);

ALTER TABLE ONLY review.supplements
    ADD CONSTRAINT supplements_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);

ALTER TABLE ONLY review.urgencies
    ADD CONSTRAINT urgencies_round_id_fkey FOREIGN KEY (round_id) REFERENCES review.rounds(id);
