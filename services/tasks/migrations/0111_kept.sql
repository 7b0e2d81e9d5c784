-- A plan, its tasks, who has to do them and by when stay on record
-- depends: 0110_inbox_branches

-- migrate: apply

create trigger plans_stay before delete on plans for each row execute function refuse_change();
create trigger plan_tasks_stay before delete on plan_tasks for each row execute function refuse_change();
create trigger task_units_stay before update or delete on task_units for each row execute function refuse_change();
create trigger milestones_stay before delete on milestones for each row execute function refuse_change();

-- migrate: rollback
