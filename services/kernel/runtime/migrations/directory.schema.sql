-- The schema `directory` after all migrations. Written by `make sql`; a test compares it. Do not edit.

CREATE SCHEMA directory;

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
    CONSTRAINT api_keys_hash_check CHECK ((length(hash) = 32))
);

CREATE TABLE directory.offices (
    person_id text NOT NULL,
    unit_id text NOT NULL,
    role text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    CONSTRAINT offices_role_check CHECK ((role = ANY (ARRAY['drafter'::text, 'legality_reviewer'::text, 'market_regulator'::text, 'meeting_clerk'::text, 'chief'::text, 'member'::text, 'registrar'::text, 'party_clerk'::text, 'supervisor'::text, 'filing_clerk'::text, 'secrecy_reviewer'::text, 'lead_unit_officer'::text, 'operator'::text])))
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

CREATE INDEX offices_of_unit ON directory.offices USING btree (unit_id, role);

CREATE INDEX sessions_expiry ON directory.sessions USING btree (expires_at);

CREATE INDEX units_short_name ON directory.units USING btree (short_name);

ALTER TABLE ONLY directory.api_keys
    ADD CONSTRAINT api_keys_person_id_fkey FOREIGN KEY (person_id) REFERENCES directory.persons(id);

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
