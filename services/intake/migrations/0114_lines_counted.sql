-- Lines of the opinions table that pages read instead of counting: what of a group came by which act of answering.
-- depends: 0113_stage_facts

-- migrate: apply

alter table opinion_groups
  add column own integer not null default 0 check (own >= 0);

comment on column opinion_groups.own is 'opinions that stand and were answered by themselves: each is a line of its own';

create table group_answers (
    group_id  uuid not null references opinion_groups (id),
    window_id uuid not null references windows (id),
    revision  integer not null check (revision >= 1),
    size      integer not null check (size >= 0),
    primary key (group_id, revision)
);

comment on table group_answers is 'how many of a group''s opinions that stand came by each answer to the group';

update opinion_groups g
   set own = n.own
  from (select m.group_id, count(*) as own
          from answers a
          join opinion_members m on m.comment_id = a.comment_id
          join comments c on c.id = a.comment_id
         where a.own and c.withdrawn_at is null
         group by m.group_id) n
 where g.id = n.group_id;

insert into group_answers (group_id, window_id, revision, size)
select m.group_id, m.window_id, a.revision, count(*)
  from answers a
  join opinion_members m on m.comment_id = a.comment_id
  join comments c on c.id = a.comment_id
 where not a.own and c.withdrawn_at is null
 group by m.group_id, m.window_id, a.revision;

create index opinion_groups_as_lines on opinion_groups (window_id, (own - size), id)
 where retired_at is null and own < size;
create index opinion_groups_to_answer on opinion_groups (window_id, (own - size), id)
 where retired_at is null and answered < size;
create index opinion_groups_left on opinion_groups (window_id, (answered - size), id)
 where retired_at is null and answered < size;
create index group_answers_largest_first on group_answers (window_id, (-size), group_id, revision) where size > 0;
create index answers_own on answers (window_id, comment_id) where own;

-- The opinion that a line shows: the earliest that is not hidden, where it is among the first thousand; else the
-- earliest. Of the whole group without a revision; revision 0 is what was not answered.
-- Each opinion is looked up by itself (limit 1 keeps that so), for a walk through the group ends at the first that fits.
create function opinion_shown(of_window uuid, of_group uuid, of_revision integer) returns uuid language sql stable as $$
    with walk as not materialized (
        select m.comment_id as id, c.hidden_at
          from opinion_members m
         cross join lateral (select c.hidden_at from comments c
                              where c.id = m.comment_id and c.withdrawn_at is null limit 1) c
          left join lateral (select a.own, a.revision from answers a where a.comment_id = m.comment_id limit 1) a on true
         where m.window_id = of_window and m.group_id = of_group and not coalesce(a.own, false)
           and (of_revision is null or coalesce(a.revision, 0) = of_revision)
         order by m.comment_id
    )
    select coalesce((select f.id from (select id, hidden_at from walk limit 1000) f where f.hidden_at is null limit 1),
                    (select id from walk limit 1))
$$;

create or replace function withdrawn_leaves_the_tallies() returns trigger language plpgsql as $$
declare
    given answers;
begin
    select * into given from answers where comment_id = new.id;
    update opinion_groups g
       set size = g.size - 1,
           answered = g.answered - (given.comment_id is not null)::int,
           own = g.own - coalesce(given.own, false)::int
      from opinion_members m
     where m.comment_id = new.id and g.id = m.group_id;
    update group_answers n
       set size = n.size - 1
      from opinion_members m
     where m.comment_id = new.id and n.group_id = m.group_id and n.revision = given.revision and not given.own;
    update window_tallies t
       set withdrawn = t.withdrawn + 1,
           answered = t.answered - (given.comment_id is not null)::int,
           adopted = t.adopted - (given.disposition is not distinct from 'adopted')::int,
           partly = t.partly - (given.disposition is not distinct from 'partly')::int,
           not_adopted = t.not_adopted - (given.disposition is not distinct from 'not_adopted')::int
     where t.window_id = new.window_id;
    return null;
end
$$;

create function group_answers_come() returns trigger language plpgsql as $$
begin
    update opinion_groups g
       set own = g.own + n.own
      from (select m.group_id, count(*) as own
              from given a join opinion_members m on m.comment_id = a.comment_id where a.own group by m.group_id) n
     where g.id = n.group_id;
    insert into group_answers as n (group_id, window_id, revision, size)
    select m.group_id, m.window_id, a.revision, count(*)
      from given a
      join opinion_members m on m.comment_id = a.comment_id
     where not a.own
     group by m.group_id, m.window_id, a.revision
     order by m.group_id, a.revision
    on conflict (group_id, revision) do update set size = n.size + excluded.size;
    return null;
end
$$;

create function group_answers_go() returns trigger language plpgsql as $$
begin
    update opinion_groups g
       set own = g.own - n.own
      from (select m.group_id, count(*) as own
              from given a join opinion_members m on m.comment_id = a.comment_id where a.own group by m.group_id) n
     where g.id = n.group_id;
    update group_answers s
       set size = s.size - n.size
      from (select m.group_id, a.revision, count(*) as size
              from given a join opinion_members m on m.comment_id = a.comment_id where not a.own
             group by m.group_id, a.revision) n
     where s.group_id = n.group_id and s.revision = n.revision;
    return null;
end
$$;

create trigger group_answers_1_gone after update on answers referencing old table as given
   for each statement execute function group_answers_go();
create trigger group_answers_2_come after update on answers referencing new table as given
   for each statement execute function group_answers_come();
create trigger group_answers_gone after delete on answers referencing old table as given
   for each statement execute function group_answers_go();
create trigger group_answers_come after insert on answers referencing new table as given
   for each statement execute function group_answers_come();

-- migrate: rollback
