-- What this service may do outside its own schema. Run after every migration, in one transaction with the general
-- grants. Absences are declared here; the directory itself keeps the rest of a row from ever being changed.

grant insert on directory.absences to fawen_tasks;
grant update (ended_at, ended_by) on directory.absences to fawen_tasks;
