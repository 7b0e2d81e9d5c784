-- Mails to those who commented: what is to be sent, once for each fact, and what became of it. No address in it.
-- depends: 0105_comment_gate

-- migrate: apply

-- The last group of a window's id names its mailbox: c-<these digits>@<the domain for comments>.
create unique index windows_by_mailbox on windows (right(id::text, 12));

-- `sender` tells whether two comments left the same address, without telling the address: a keyed digest. The address
-- itself is read from the contacts when a mail leaves.
create table commenter_mails (
    id          uuid primary key default gen_random_uuid(),
    fact        text not null unique,
    kind        text not null check (kind in ('receipt', 'answers')),
    window_id   uuid not null references windows (id),
    sender      text not null check (length(sender) = 64),
    comment_ids uuid[] not null check (cardinality(comment_ids) between 1 and 20),
    more        integer not null default 0 check (more >= 0),
    in_reply_to text check (length(in_reply_to) <= 998),
    made_at     timestamptz not null default clock_timestamp(),
    due_at      timestamptz not null default clock_timestamp(),
    attempts    integer not null default 0,
    sent_at     timestamptz,
    failed      text,
    bounced_at  timestamptz,
    check (sent_at is null or failed is null),
    check (bounced_at is null or sent_at is not null)
);

create index commenter_mails_due on commenter_mails (kind, due_at) where sent_at is null and failed is null;
create index commenter_mails_of_sender on commenter_mails (window_id, kind, sender, made_at);

-- Whose answers are public: everybody who left an address is listed first, then written to, one mail each.
create table answer_mailings (
    window_id uuid primary key references windows (id),
    listed_to uuid,
    listed_at timestamptz
);

create index answer_mailings_open on answer_mailings (window_id) where listed_at is null;

-- migrate: rollback
