-- The text as a meeting amended it: the deliberated text with the recorded wording put in its place.
-- depends: 0104_on_behalf

-- migrate: apply

alter table meeting_decisions add column amended_hash text check (length(amended_hash) = 64);

-- Meetings recorded before this left the text to the drafting office: the rows that are there stay as they are.
alter table meeting_decisions add constraint amendments_make_a_text
    check ((outcome = 'passed_as_amended') = (amended_hash is not null)) not valid;

-- migrate: rollback
