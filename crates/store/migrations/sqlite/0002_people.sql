-- People, how they sign in, what they may, and the record of what was done.

insert into counter (name, value) values ('audit', 0), ('people', 0);

-- `email` in small letters. `password`: an Argon2id hash in PHC form. Of an erased person only the id is left.
-- `words`: name, address and handle in small letters, for searching.
create table person (
    id blob not null primary key,
    kind text not null,
    state text not null,
    name text not null,
    email text unique,
    handle text not null unique,
    is_break_glass integer not null,
    created_at integer not null,
    password text,
    words text not null
) strict;
create index person_name on person (name, id);

create table session (
    id blob not null primary key,
    person_id blob not null references person (id) on delete cascade,
    token_hash blob not null unique,
    method text not null,
    agent text not null,
    created_at integer not null,
    seen_at integer not null,
    expires_at integer not null
) strict;
create index session_person on session (person_id);

-- A token that goes with its unit does not outlive it as one without a limit.
create table api_token (
    id blob not null primary key,
    person_id blob not null references person (id) on delete cascade,
    name text not null,
    token_hash blob not null unique,
    role text not null,
    unit_id blob references unit (id) on delete cascade,
    created_at integer not null,
    seen_at integer,
    expires_at integer not null
) strict;
create index api_token_person on api_token (person_id);

-- `external_id`: the id in the directory that fills the group.
create table person_group (
    id blob not null primary key,
    name text not null unique,
    external_id text unique
) strict;

create table group_member (
    group_id blob not null references person_group (id) on delete cascade,
    person_id blob not null references person (id) on delete cascade,
    primary key (group_id, person_id)
) strict;
create index group_member_person on group_member (person_id);

-- To a person, a group, or, where both are null, to everybody who can sign in. On a unit or, where it is null, on the
-- whole organisation.
create table role_grant (
    id blob not null primary key,
    person_id blob references person (id) on delete cascade,
    group_id blob references person_group (id) on delete cascade,
    role text not null,
    unit_id blob references unit (id) on delete cascade
) strict;
create index role_grant_person on role_grant (person_id);
create index role_grant_group on role_grant (group_id);
create index role_grant_unit on role_grant (unit_id);

-- Who answers for a unit, which is apart from what they may. `kind`: sponsor, owner, lead or facilitator.
create table accountability (
    unit_id blob not null references unit (id) on delete cascade,
    kind text not null,
    person_id blob not null references person (id) on delete cascade,
    primary key (unit_id, kind, person_id)
) strict;
create index accountability_person on accountability (person_id);

-- A chain: `digest` is over the entry and the digest of the one before. `seq` comes from `counter`. `detail` is text in
-- the form of JSON, which the digest covers letter by letter.
-- No reference leads away from here: an entry outlives what it tells of.
create table audit (
    seq integer not null primary key,
    at integer not null,
    doer text not null,
    person_id blob,
    via_id blob,
    action text not null,
    subject_kind text not null,
    subject text not null,
    unit_id blob,
    detail text not null,
    digest blob not null
) strict;
create index audit_at on audit (at);
create index audit_person on audit (person_id, seq);
create index audit_subject on audit (subject_kind, subject, seq);
create index audit_unit on audit (unit_id, seq);
create index audit_action on audit (action, seq);
