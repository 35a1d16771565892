-- People, how they sign in, what they may, and the record of what was done.

insert into counter (name, value) values ('audit', 0), ('people', 0);

-- `email` in small letters. `password`: an Argon2id hash in PHC form. Of an erased person only the id is left.
-- `words`: name, address and handle in small letters, for searching.
create table person (
    id uuid not null primary key,
    kind text not null,
    state text not null,
    name text collate "C" not null,
    email text collate "C" unique,
    handle text collate "C" not null unique,
    is_break_glass boolean not null,
    created_at bigint not null,
    password text,
    words text not null
);
create index person_name on person (name, id);

create table session (
    id uuid not null primary key,
    person_id uuid not null references person (id) on delete cascade,
    token_hash bytea not null unique,
    method text not null,
    agent text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_person on session (person_id);

-- A token that goes with its unit does not outlive it as one without a limit.
create table api_token (
    id uuid not null primary key,
    person_id uuid not null references person (id) on delete cascade,
    name text not null,
    token_hash bytea not null unique,
    role text not null,
    unit_id uuid references unit (id) on delete cascade,
    created_at bigint not null,
    seen_at bigint,
    expires_at bigint not null
);
create index api_token_person on api_token (person_id);

-- `external_id`: the id in the directory that fills the group.
create table person_group (
    id uuid not null primary key,
    name text collate "C" not null unique,
    external_id text collate "C" unique
);

create table group_member (
    group_id uuid not null references person_group (id) on delete cascade,
    person_id uuid not null references person (id) on delete cascade,
    primary key (group_id, person_id)
);
create index group_member_person on group_member (person_id);

-- To a person, a group, or, where both are null, to everybody who can sign in. On a unit or, where it is null, on the
-- whole organisation.
create table role_grant (
    id uuid not null primary key,
    person_id uuid references person (id) on delete cascade,
    group_id uuid references person_group (id) on delete cascade,
    role text not null,
    unit_id uuid references unit (id) on delete cascade
);
create index role_grant_person on role_grant (person_id);
create index role_grant_group on role_grant (group_id);
create index role_grant_unit on role_grant (unit_id);

-- Who answers for a unit, which is apart from what they may. `kind`: sponsor, owner, lead or facilitator.
create table accountability (
    unit_id uuid not null references unit (id) on delete cascade,
    kind text not null,
    person_id uuid not null references person (id) on delete cascade,
    primary key (unit_id, kind, person_id)
);
create index accountability_person on accountability (person_id);

-- A chain: `digest` is over the entry and the digest of the one before. `seq` comes from `counter`. `detail` is text in
-- the form of JSON, which the digest covers letter by letter.
-- No reference leads away from here: an entry outlives what it tells of.
create table audit (
    seq bigint not null primary key,
    at bigint not null,
    doer text not null,
    person_id uuid,
    via_id uuid,
    action text collate "C" not null,
    subject_kind text collate "C" not null,
    subject text collate "C" not null,
    unit_id uuid,
    detail text not null,
    digest bytea not null
);
create index audit_at on audit (at);
create index audit_person on audit (person_id, seq);
create index audit_subject on audit (subject_kind, subject, seq);
create index audit_unit on audit (unit_id, seq);
create index audit_action on audit (action, seq);
