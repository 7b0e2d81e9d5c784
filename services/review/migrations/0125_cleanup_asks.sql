-- What a published clean-up asks of a drafting office: the change that closes the office's inbox item is known by it
-- depends: 0124_proof_lasts

-- migrate: apply

create table cleanup_asks (
    cleanup_id  uuid not null references cleanup_results (cleanup_id),
    document_id uuid not null,
    outcome     text not null check (outcome in ('amend', 'repeal', 'lapse')),
    asked_at    timestamptz not null default clock_timestamp(),
    primary key (cleanup_id, document_id),
    foreign key (cleanup_id, document_id) references cleanup_inventory (cleanup_id, document_id)
);

create index cleanup_asks_of on cleanup_asks (document_id);
create trigger append_only before update or delete on cleanup_asks for each row execute function append_only();

-- migrate: rollback
