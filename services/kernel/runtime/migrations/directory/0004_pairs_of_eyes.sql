-- Whose eyes are one pair, in one place for all services
-- depends: 0003_absences

-- migrate: apply

-- Whether two are one pair of eyes today: the same person, or one stands in for the other.
create function one_pair_of_eyes(who text, other text) returns boolean language sql stable as $$
    select who = other
        or exists (select 1 from directory.deputies d
                    where (d.deputy_id, d.person_id) in ((who, other), (other, who)))
$$;

-- migrate: rollback
