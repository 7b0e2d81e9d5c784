-- Who may see what in this schema, where it is not "the service's own role sees all of it". Run after every migration,
-- in one transaction with the general grants. Private keys are written once and read by nobody: key_to_sign alone hands
-- one out, still encrypted, to whoever signs an open round.

revoke all on signing_keys from fawen_review;
grant select (id, person_id, algorithm, public_key, wrapped_by, valid_from, valid_to, ended_why, ended_by, ended_reason)
   on signing_keys to fawen_review;
grant insert on signing_keys to fawen_review;
grant update (valid_to, ended_why, ended_by, ended_reason) on signing_keys to fawen_review;

revoke all on function key_to_sign(uuid, text) from public;

-- Who asked to take part in a hearing: added, read on record, and let go of by functions alone.
revoke all on hearing_contacts from fawen_review;
revoke all on function add_hearing_contact(uuid, text, text, boolean) from public;
revoke all on function read_hearing_contacts(uuid, text, text, text) from public;
revoke all on function forget_hearing_contacts() from public;
revoke all on function withdraw_application() from public;
revoke all on function hearing_contact_to_mail(uuid) from public;
