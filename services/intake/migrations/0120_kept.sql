-- A document, its stages, its windows and the reasons that answers are given with stay on record
-- depends: 0119_own_opinions

-- migrate: apply

create trigger documents_stay before delete on documents for each row execute function record_stays();
create trigger stages_stay before delete on stages for each row execute function record_stays();
create trigger windows_stay before delete on windows for each row execute function record_stays();
create trigger answer_reasons_stay before delete on answer_reasons for each row execute function record_stays();

-- migrate: rollback
