-- The schema `directory` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA directory;

CREATE FUNCTION directory.guard_absence() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    -- Two that are made at once must see each other.
    perform pg_advisory_xact_lock(hashtextextended('directory.absences', 0));
    if not exists (select 1 from directory.offices where person_id = new.deputy_id and unit_id = new.unit_id) then
        raise exception 'absence.deputy';
    end if;
    if exists (select 1 from directory.absences a
                where a.ended_at is null and a.person_id = new.person_id and a.unit_id = new.unit_id
                  and a.from_on <= new.until_on and new.from_on <= a.until_on
                  and (a.roles = '{}' or new.roles = '{}' or a.roles && new.roles)) then
        raise exception 'absence.overlap';
    end if;
    if exists (select 1 from directory.absences a
                where a.ended_at is null and (a.person_id = new.deputy_id or a.deputy_id = new.person_id)
                  and a.from_on <= new.until_on and new.from_on <= a.until_on) then
        raise exception 'absence.chain';
    end if;
    return new;
end
$$;

CREATE FUNCTION directory.keep_absence() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'DELETE' or old.ended_at is not null
       or (new.id, new.person_id, new.unit_id, new.deputy_id, new.from_on, new.until_on, new.roles, new.note,
           new.made_by, new.made_at)
          is distinct from
          (old.id, old.person_id, old.unit_id, old.deputy_id, old.from_on, old.until_on, old.roles, old.note,
           old.made_by, old.made_at) then
        raise exception 'absences is append-only' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

CREATE FUNCTION directory.keep_key() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION directory.office_today() RETURNS date
    LANGUAGE sql STABLE
    AS $$
    select (clock_timestamp() at time zone 'Asia/Shanghai')::date
$$;

CREATE FUNCTION directory.one_pair_of_eyes(who text, other text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select who = other
        or exists (select 1 from directory.deputies d
                    where (d.deputy_id, d.person_id) in ((who, other), (other, who)))
$$;

CREATE TABLE directory.absences (
    id uuid DEFAULT uuidv7() NOT NULL,
    person_id text NOT NULL,
    unit_id text NOT NULL,
    deputy_id text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    CONSTRAINT absences_days CHECK ((from_on <= until_on)),
    CONSTRAINT absences_end_has_a_person CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
    CONSTRAINT absences_note_check CHECK ((length(note) <= 300)),
    CONSTRAINT absences_two_people CHECK ((person_id <> deputy_id))
);

CREATE TABLE directory.api_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    unit_id text NOT NULL,
    person_id text NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_by text,
    revoked_why text,
    CONSTRAINT api_keys_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT api_keys_revoked_by_somebody_who_says_why CHECK ((num_nonnulls(revoked_at, revoked_by, revoked_why) = ANY (ARRAY[0, 3]))),
    CONSTRAINT api_keys_revoked_why_check CHECK (((length(btrim(revoked_why)) >= 2) AND (length(btrim(revoked_why)) <= 300)))
);

CREATE VIEW directory.deputies AS
SELECT
    NULL::uuid AS absence_id,
    NULL::text AS deputy_id,
    NULL::text AS person_id,
    NULL::text AS person_name,
    NULL::text AS unit_id,
    NULL::date AS until_on,
    NULL::boolean AS whole,
    NULL::text[] AS roles;

CREATE TABLE directory.offices (
    person_id text NOT NULL,
    unit_id text NOT NULL,
    role text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    CONSTRAINT offices_role_check CHECK ((role = ANY (ARRAY['drafter'::text, 'legality_reviewer'::text, 'market_regulator'::text, 'meeting_clerk'::text, 'chief'::text, 'member'::text, 'registrar'::text, 'party_clerk'::text, 'supervisor'::text, 'filing_clerk'::text, 'secrecy_reviewer'::text, 'lead_unit_officer'::text, 'operator'::text, 'unit_head'::text])))
);

CREATE TABLE directory.persons (
    id text NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    CONSTRAINT persons_id_check CHECK ((id <> ''::text)),
    CONSTRAINT persons_name_check CHECK ((name <> ''::text))
);

CREATE TABLE directory.sessions (
    id bytea NOT NULL,
    person_id text NOT NULL,
    unit_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT sessions_id_check CHECK ((length(id) = 32))
);

CREATE TABLE directory.units (
    id text NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    kind text NOT NULL,
    parent_id text,
    agency_code text,
    CONSTRAINT units_agency_code_check CHECK ((agency_code <> ''::text)),
    CONSTRAINT units_id_check CHECK ((id <> ''::text)),
    CONSTRAINT units_kind_check CHECK ((kind = ANY (ARRAY['government'::text, 'department'::text, 'township'::text, 'party'::text, 'office'::text]))),
    CONSTRAINT units_name_check CHECK ((name <> ''::text)),
    CONSTRAINT units_short_name_check CHECK ((short_name <> ''::text))
);

ALTER TABLE ONLY directory.absences
    ADD CONSTRAINT absences_pkey PRIMARY KEY (id);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_prefix_key UNIQUE (prefix);

ALTER TABLE ONLY directory.offices
    ADD CONSTRAINT offices_pkey PRIMARY KEY (person_id, unit_id, role);

ALTER TABLE ONLY directory.persons
    ADD CONSTRAINT persons_pkey PRIMARY KEY (id);

ALTER TABLE ONLY directory.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY directory.units
    ADD CONSTRAINT units_name_key UNIQUE (name);

ALTER TABLE ONLY directory.units
    ADD CONSTRAINT units_pkey PRIMARY KEY (id);

CREATE INDEX absences_of_deputy ON directory.absences USING btree (deputy_id) WHERE (ended_at IS NULL);

CREATE INDEX absences_of_person ON directory.absences USING btree (person_id, from_on);

CREATE INDEX absences_of_unit ON directory.absences USING btree (unit_id, from_on DESC);

CREATE INDEX api_keys_of_unit ON directory.api_keys USING btree (unit_id, created_at DESC);

CREATE INDEX offices_of_unit ON directory.offices USING btree (unit_id, role);

CREATE INDEX sessions_expiry ON directory.sessions USING btree (expires_at);

CREATE INDEX units_short_name ON directory.units USING btree (short_name);

CREATE OR REPLACE VIEW directory.deputies AS
 SELECT a.id AS absence_id,
    a.deputy_id,
    a.person_id,
    p.name AS person_name,
    a.unit_id,
    a.until_on,
    (a.roles = '{}'::text[]) AS whole,
    array_agg(o.role ORDER BY o.role) AS roles
   FROM ((directory.absences a
     JOIN directory.persons p ON ((p.id = a.person_id)))
     JOIN directory.offices o ON (((o.person_id = a.person_id) AND (o.unit_id = a.unit_id) AND ((a.roles = '{}'::text[]) OR (o.role = ANY (a.roles))))))
  WHERE ((a.ended_at IS NULL) AND ((directory.office_today() >= a.from_on) AND (directory.office_today() <= a.until_on)) AND (o.role <> ALL (ARRAY['chief'::text, 'member'::text, 'operator'::text])))
  GROUP BY a.id, p.id;

CREATE TRIGGER guard_absence BEFORE INSERT ON directory.absences FOR EACH ROW EXECUTE FUNCTION directory.guard_absence();

CREATE TRIGGER keep_absence BEFORE DELETE OR UPDATE ON directory.absences FOR EACH ROW EXECUTE FUNCTION directory.keep_absence();

CREATE TRIGGER keep_key BEFORE DELETE OR UPDATE ON directory.api_keys FOR EACH ROW EXECUTE FUNCTION directory.keep_key();

ALTER TABLE ONLY directory.absences
    ADD CONSTRAINT absences_deputy_id_fkey FOREIGN KEY (deputy_id) REFERENCES directory.persons(id);

ALTER TABLE ONLY directory.absences
    ADD CONSTRAINT absences_person_id_fkey FOREIGN KEY (person_id) REFERENCES directory.persons(id);

ALTER TABLE ONLY directory.absences
    ADD CONSTRAINT absences_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES directory.units(id);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_person_id_fkey FOREIGN KEY (person_id) REFERENCES directory.persons(id);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES directory.persons(id);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES directory.units(id);

ALTER TABLE ONLY directory.offices
    ADD CONSTRAINT offices_person_id_fkey FOREIGN KEY (person_id) REFERENCES directory.persons(id) ON DELETE CASCADE;

ALTER TABLE ONLY directory.offices
    ADD CONSTRAINT offices_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES directory.units(id) ON DELETE CASCADE;

ALTER TABLE ONLY directory.sessions
    ADD CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES directory.persons(id) ON DELETE CASCADE;

ALTER TABLE ONLY directory.sessions
    ADD CONSTRAINT sessions_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES directory.units(id) ON DELETE CASCADE;

ALTER TABLE ONLY directory.units
    ADD CONSTRAINT units_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES directory.units(id) DEFERRABLE INITIALLY DEFERRED;
