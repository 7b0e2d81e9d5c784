-- Who may see what in this schema, where it is not "the service's own role sees all of it". Run after every migration,
-- in one transaction with the general grants. The role fawen_contacts alone reads who commented; only the process that
-- writes to commenters and lets go of their data connects with it (the relay), never the one that serves pages.

revoke all on comment_contacts from fawen_intake;

grant usage on schema intake to fawen_contacts;
grant select, delete on comment_contacts to fawen_contacts;
grant select, insert on contact_erasures to fawen_contacts;
grant select (id, window_id) on comments to fawen_contacts;
grant select (id, answers_published_at) on windows to fawen_contacts;

revoke all on function add_contacts(uuid[], text[], text[]) from public;
revoke all on function has_contact(uuid) from public;
revoke all on function erase_contact(uuid) from public;
