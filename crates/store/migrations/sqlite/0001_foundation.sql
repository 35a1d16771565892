-- Units, work and its history, imports, and what every later table leans on: events, jobs, settings.
-- Instants are microseconds since 1970 in UTC. Columns that hold JSON say so.

create table counter (
    name text not null primary key,
    value integer not null
) strict;
-- `units` counts nothing that anybody reads: its row lock lets one transaction at a time move units.
insert into counter (name, value) values ('event', 0), ('units', 0);

create table setting (
    key text not null primary key,
    value text not null
) strict;

-- The outbox. `seq` comes from `counter` and grows without gaps in the order of commits. `units` and `payload`: JSON.
create table event (
    seq integer not null primary key,
    at integer not null,
    kind text not null,
    units text not null,
    payload text not null
) strict;
create index event_at on event (at);

-- `payload`: JSON. `state`: waiting, leased, done, failed.
create table job (
    id blob not null primary key,
    kind text not null,
    payload text not null,
    state text not null,
    run_at integer not null,
    attempts integer not null,
    lease_owner text,
    lease_until integer,
    last_error text,
    created_at integer not null
) strict;
create index job_due on job (state, run_at);

create table unit (
    id blob not null primary key,
    parent_id blob references unit (id),
    kind text not null,
    key text not null unique,
    name text not null
) strict;
create index unit_parent on unit (parent_id);

-- How many items a unit has (no row: none), kept by the transactions that add, move and remove items. The row keeps
-- the unit from being deleted: one reference for all its items, where one an item would cost a fifth of an import.
create table unit_extent (
    unit_id blob not null primary key references unit (id),
    items integer not null
) strict;

-- `body`: JSON.
create table workflow (
    unit_id blob not null primary key references unit (id) on delete cascade,
    body text not null
) strict;

-- `revision` is raised by every batch; the row lock that this takes lets one writer at a time into a tracker's data.
create table tracker (
    id blob not null primary key,
    name text not null unique,
    created_at integer not null,
    revision integer not null
) strict;

-- An item and its whole history in one row: it is written, read and taken back as one.
-- `unit_id` is in `unit_extent`, which refers to the unit; `tracker_id` is the one of the import that brought it.
-- The key comes first in its index: a planner without statistics would otherwise read all of a tracker's items.
-- `history`, `labels`, `iterations`, `links`: JSON, the last three null when empty. `words`: what search finds it by.
create table work_item (
    number integer not null primary key,
    id blob not null unique,
    unit_id blob not null,
    tracker_id blob not null,
    key text not null,
    label text not null,
    title text not null,
    words text not null,
    kind text not null,
    group_name text not null,
    state text not null,
    resolution text,
    created_at integer not null,
    closed_at integer,
    estimate real,
    parent_key text,
    priority text,
    labels text,
    iterations text,
    links text,
    url text,
    assignee text,
    extent text not null,
    digest blob not null,
    history text not null,
    unique (key, tracker_id)
) strict;
create index work_item_unit on work_item (unit_id, created_at, id);
create index work_item_created on work_item (created_at, id);
create index work_item_label on work_item (label);

-- Full-text index of `words`, which are normalised already: the tokenizer only splits at spaces.
create virtual table work_item_search using fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
create trigger work_item_search_insert after insert on work_item begin
    insert into work_item_search (rowid, words) values (new.number, new.words);
end;
create trigger work_item_search_update after update of words on work_item when old.words <> new.words begin
    delete from work_item_search where rowid = old.number;
    insert into work_item_search (rowid, words) values (new.number, new.words);
end;
create trigger work_item_search_delete after delete on work_item begin
    delete from work_item_search where rowid = old.number;
end;

-- `given`: JSON.
create table iteration (
    id blob not null primary key,
    unit_id blob not null references unit (id),
    tracker_id blob not null references tracker (id),
    key text not null,
    name text not null,
    starts_at integer,
    ends_at integer,
    completed_at integer,
    given text,
    unique (key, tracker_id)
) strict;
create index iteration_unit on iteration (unit_id, starts_at);

create table deployment (
    id blob not null primary key,
    unit_id blob not null references unit (id),
    tracker_id blob not null references tracker (id),
    key text not null,
    finished_at integer not null,
    outcome text not null,
    environment text not null,
    is_proxy integer not null,
    unique (key, tracker_id)
) strict;
create index deployment_unit on deployment (unit_id, finished_at);

create table code_change (
    tracker_id blob not null references tracker (id),
    key text not null,
    unit_id blob not null references unit (id),
    authored_at integer not null,
    committed_at integer not null,
    deployment_key text,
    is_repair integer not null,
    primary key (key, tracker_id)
) strict;
create index code_change_unit on code_change (unit_id, committed_at);

-- `counts`, `forecast`, `mapping`, `census`, `files`, `options`: JSON.
create table import_run (
    id blob not null primary key,
    tracker_id blob not null references tracker (id),
    unit_id blob not null,
    state text not null,
    created_at integer not null,
    updated_at integer not null,
    counts text not null,
    forecast text,
    position integer not null,
    total integer,
    trouble text,
    mapping text,
    census text,
    files text not null,
    options text not null
) strict;
create index import_run_created on import_run (created_at, id);

-- What a batch found before it wrote: enough to put everything back. One row a batch. `body`: JSON.
create table import_undo (
    run_id blob not null references import_run (id) on delete cascade,
    seq integer not null,
    body text not null,
    primary key (run_id, seq)
) strict;

create table import_report (
    run_id blob not null references import_run (id) on delete cascade,
    seq integer not null,
    severity text not null,
    code text not null,
    file text,
    line integer,
    item_key text,
    text text not null,
    primary key (run_id, seq)
) strict;

create table import_oddity (
    run_id blob not null references import_run (id) on delete cascade,
    code text not null,
    count integer not null,
    primary key (run_id, code)
) strict;
