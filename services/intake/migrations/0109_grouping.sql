-- Figures that pages read instead of counting: those of a group of opinions, and those of a window with its result.
-- depends: 0108_comment_seals

-- migrate: apply

alter table opinion_groups
  add column closing        integer check (closing >= 1),
  add column revision       integer not null default 1 check (revision >= 1),
  add column representative uuid references comments (id),
  add column size           integer not null default 0 check (size >= 0),
  add column answered       integer not null default 0 check (answered >= 0),
  add column busiest_hour   integer not null default 0 check (busiest_hour >= 0),
  add column profile        jsonb not null default '[]',
  add check ((closing is null) = (made_by is not null));

comment on column opinion_groups.closing is 'the summary with which the machine made it; null for a person''s';
comment on column opinion_groups.revision is 'grows with every act on the group: two persons do not overwrite each other';
comment on column opinion_groups.size is 'opinions that stand: a withdrawn one leaves';
comment on column opinion_groups.profile is '[[day, opinions], ...] in the office''s days';

create index opinion_groups_by_size on opinion_groups (window_id, size desc, id) where retired_at is null;

-- Rows of a closing whose summary is not recorded are left over from a run that broke off: the next one drops them.
alter table opinion_members add column closing integer not null default 1 check (closing >= 1);
create index opinion_members_of_machine on opinion_members (machine_group);
create index opinion_members_of_person on opinion_members (person_group) where person_group is not null;

alter table opinion_group_acts
  drop constraint opinion_group_acts_act_check,
  add check (act in ('grouped', 'split', 'moved', 'merged', 'named'));

-- One row for a window from the moment its result is recorded.
create table window_tallies (
    window_id   uuid primary key references windows (id),
    received    integer not null check (received >= 0),
    withdrawn   integer not null check (withdrawn >= 0),
    late        integer not null check (late >= 0),
    groups      integer not null default 0 check (groups >= 0),
    answered    integer not null default 0 check (answered >= 0),
    adopted     integer not null default 0 check (adopted >= 0),
    partly      integer not null default 0 check (partly >= 0),
    not_adopted integer not null default 0 check (not_adopted >= 0),
    check (answered = adopted + partly + not_adopted)
);

insert into window_tallies (window_id, received, withdrawn, late, answered, adopted, partly, not_adopted)
select w.id, w.received, w.withdrawn, w.late, a.answered, a.adopted, a.partly, a.not_adopted
  from (select s.window_id as id, s.late,
               (select count(*) from comments c where c.window_id = s.window_id) as received,
               (select count(*) from comments c
                 where c.window_id = s.window_id and c.withdrawn_at is not null) as withdrawn
          from feedback_summaries s
         where s.ordinal = (select max(t.ordinal) from feedback_summaries t where t.window_id = s.window_id)) w,
       lateral (select count(*) as answered,
                       count(*) filter (where n.disposition = 'adopted') as adopted,
                       count(*) filter (where n.disposition = 'partly') as partly,
                       count(*) filter (where n.disposition = 'not_adopted') as not_adopted
                  from answers n
                  join comments c on c.id = n.comment_id
                 where n.window_id = w.id and c.withdrawn_at is null) a;

create function withdrawn_leaves_the_tallies() returns trigger language plpgsql as $$
declare
    given text;
begin
    select disposition into given from answers where comment_id = new.id;
    update opinion_groups g
       set size = g.size - 1, answered = g.answered - (given is not null)::int
      from opinion_members m
     where m.comment_id = new.id and g.id = m.group_id;
    update window_tallies t
       set withdrawn = t.withdrawn + 1,
           answered = t.answered - (given is not null)::int,
           adopted = t.adopted - (given is not distinct from 'adopted')::int,
           partly = t.partly - (given is not distinct from 'partly')::int,
           not_adopted = t.not_adopted - (given is not distinct from 'not_adopted')::int
     where t.window_id = new.window_id;
    return null;
end
$$;

create trigger withdrawn_leaves_the_tallies after update of withdrawn_at on comments
   for each row when (old.withdrawn_at is null and new.withdrawn_at is not null)
   execute function withdrawn_leaves_the_tallies();

create function answers_come() returns trigger language plpgsql as $$
begin
    update window_tallies t
       set answered = t.answered + n.answered, adopted = t.adopted + n.adopted, partly = t.partly + n.partly,
           not_adopted = t.not_adopted + n.not_adopted
      from (select window_id, count(*) as answered,
                   count(*) filter (where disposition = 'adopted') as adopted,
                   count(*) filter (where disposition = 'partly') as partly,
                   count(*) filter (where disposition = 'not_adopted') as not_adopted
              from given group by window_id) n
     where t.window_id = n.window_id;
    update opinion_groups g
       set answered = g.answered + n.answered
      from (select m.group_id, count(*) as answered
              from given a join opinion_members m on m.comment_id = a.comment_id group by m.group_id) n
     where g.id = n.group_id;
    return null;
end
$$;

create function answers_go() returns trigger language plpgsql as $$
begin
    update window_tallies t
       set answered = t.answered - n.answered, adopted = t.adopted - n.adopted, partly = t.partly - n.partly,
           not_adopted = t.not_adopted - n.not_adopted
      from (select window_id, count(*) as answered,
                   count(*) filter (where disposition = 'adopted') as adopted,
                   count(*) filter (where disposition = 'partly') as partly,
                   count(*) filter (where disposition = 'not_adopted') as not_adopted
              from given group by window_id) n
     where t.window_id = n.window_id;
    update opinion_groups g
       set answered = g.answered - n.answered
      from (select m.group_id, count(*) as answered
              from given a join opinion_members m on m.comment_id = a.comment_id group by m.group_id) n
     where g.id = n.group_id;
    return null;
end
$$;

-- An answer that is changed goes and comes: triggers of one event fire in the order of their names.
create trigger answers_tallied_1_gone after update on answers referencing old table as given
   for each statement execute function answers_go();
create trigger answers_tallied_2_come after update on answers referencing new table as given
   for each statement execute function answers_come();
create trigger answers_tallied_gone after delete on answers referencing old table as given
   for each statement execute function answers_go();
create trigger answers_tallied_come after insert on answers referencing new table as given
   for each statement execute function answers_come();

-- migrate: rollback
