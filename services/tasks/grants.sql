-- What this service may do outside its own schema. Run after every migration, in one transaction with the general
-- grants. Absences are declared and keys are revoked here; the directory itself keeps the rest of a row
-- from ever being changed.

grant insert on directory.absences to fawen_tasks;
grant update (ended_at, ended_by) on directory.absences to fawen_tasks;
grant update (revoked_at, revoked_by, revoked_why) on directory.api_keys to fawen_tasks;
