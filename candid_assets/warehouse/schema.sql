-- What the warehouse keeps beside the tables themselves. Run at every opening;
-- every statement is safe to repeat.
create schema if not exists raw;
create schema if not exists clean;
create schema if not exists quarantine;
create schema if not exists ready;
create schema if not exists meta;

-- What happened first is said by numbers of one sequence, taken where a row is written. Times are
-- for people: the clock of a computer may be wrong.
create sequence if not exists meta.numbers;

create table if not exists meta.environment (
    env varchar not null,
    created_at timestamptz not null
);
comment on table meta.environment is 'The environment whose data this file holds; one row.';

create table if not exists meta.versions (
    version bigint not null,
    program varchar not null,
    since timestamptz not null
);
comment on table meta.versions is 'The versions of this file: the highest is its own; by which program and when it got each.';

create table if not exists meta.runs (
    run_id varchar not null,
    env varchar not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    succeeded boolean not null,
    summary json not null
);
comment on table meta.runs is 'One row per refresh, with the object that candid run --json prints.';

create table if not exists meta.workbooks (
    workbook varchar primary key,
    spreadsheet_id varchar not null,
    drive_version bigint,
    modified_time varchar,
    contracts_key varchar not null,
    read_at timestamptz not null
);
comment on table meta.workbooks is 'Drive''s state of each workbook when it was last read whole.';

create table if not exists meta.extracts (
    workbook varchar not null,
    tab varchar not null,
    content_hash varchar not null,
    spreadsheet_id varchar not null,
    sheet_id bigint not null,
    title varchar not null,
    rows_read bigint not null,
    modified_time varchar,
    fetched_at timestamptz not null,
    run_id varchar not null
);
-- Columns that came later; a file of a former release gets them here.
alter table meta.extracts add column if not exists family varchar;
alter table meta.extracts add column if not exists hidden boolean;
comment on column meta.extracts.tab is 'Name of the contract; of a member of a family <contract>@<sheet id>.';
comment on column meta.extracts.family is 'Of a member of a family: name of the family''s contract.';
comment on table meta.extracts is 'Every content a tab was seen with; the newest row per tab is its current extract.';

create table if not exists meta.tables (
    layer varchar not null,
    "table" varchar not null,
    inputs_key varchar not null,
    fingerprint varchar not null,
    row_count bigint not null,
    built_at timestamptz not null,
    run_id varchar not null,
    primary key (layer, "table")
);
comment on table meta.tables is 'What each table was built from and its exact content hash.';

create table if not exists meta.ledger (
    "table" varchar primary key,
    workbook varchar not null,
    tab varchar not null,
    _extract varchar not null,
    rows_read bigint not null,
    rows_raw bigint not null,
    rows_clean bigint not null,
    rows_quarantined bigint not null,
    rows_dropped bigint not null
);
comment on table meta.ledger is 'Per tab: rows read = rows raw = clean + quarantined + dropped.';

create table if not exists meta.dropped_rows (
    workbook varchar not null,
    tab varchar not null,
    "table" varchar not null,
    _row integer not null,
    rule varchar not null,
    _extract varchar not null
);
alter table meta.dropped_rows add column if not exists _sheet_id bigint;
comment on table meta.dropped_rows is 'Every row left out of clean by a named rule.';

create table if not exists meta.outside_cells (
    workbook varchar not null,
    tab varchar not null,
    "table" varchar not null,
    letter varchar not null,
    rule varchar not null,
    cells bigint not null,
    first_cell varchar not null,
    last_cell varchar not null,
    _extract varchar not null
);
comment on table meta.outside_cells is 'Columns of the sheet that the contract leaves out, where clean rows have cells in them: ignored_header by the contract''s word, else not_in_contract.';

create table if not exists meta.checks (
    layer varchar not null,
    "table" varchar not null,
    name varchar not null,
    passed boolean not null,
    severity varchar not null,
    blocking boolean not null,
    message varchar not null,
    counts json not null,
    samples json not null,
    checked_at timestamptz not null,
    run_id varchar not null,
    primary key (layer, "table", name)
);
comment on table meta.checks is 'The latest outcome of every check.';

create table if not exists meta.failures (
    layer varchar not null,
    "table" varchar not null,
    workbook varchar,
    tab varchar,
    cause varchar not null,
    message varchar not null,
    fix varchar not null,
    failed_at timestamptz not null,
    run_id varchar not null,
    primary key (layer, "table")
);
comment on table meta.failures is 'What could not be refreshed and still shows its last good table.';

-- Columns and tables that came later; a file of a former release gets them here.
alter table meta.tables add column if not exists build bigint;
comment on column meta.tables.build is 'Number of the build in meta.builds.';

create table if not exists meta.builds (
    build bigint not null,
    layer varchar not null,
    "table" varchar not null,
    inputs_key varchar not null,
    fingerprint varchar not null,
    row_count bigint not null,
    built_at timestamptz not null,
    run_id varchar not null,
    catalog varchar not null,
    code varchar not null,
    extracts json not null,
    inputs bigint[] not null
);
comment on table meta.builds is 'Every replacement of a table, numbered in order: its content hash, catalog, code, extracts and the builds it read.';

create table if not exists meta.publications (
    publication bigint not null,
    published_at timestamptz not null,
    run_id varchar not null,
    env varchar not null,
    catalog varchar not null,
    code varchar not null
);
comment on table meta.publications is 'Every snapshot that was published, numbered in order.';

create table if not exists meta.published_tables (
    layer varchar not null,
    "table" varchar not null,
    build bigint not null,
    since bigint not null,
    "until" bigint
);
comment on table meta.published_tables is 'Which build of a table was shown from which publication to which; until is null for what is shown now, build 0 for a table made before builds were recorded.';

create table if not exists meta.quarantine_history (
    "table" varchar not null,
    _id varchar not null,
    "column" varchar not null,
    reason varchar not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    resolved timestamptz,
    first_run varchar not null,
    resolved_run varchar,
    cell varchar not null,
    "value" varchar,
    message varchar not null,
    link varchar not null
);
comment on table meta.quarantine_history is 'Every cell that ever kept a row out of clean: first and last seen, resolved (null while it stands).';

create table if not exists meta.pruned_extracts (
    workbook varchar not null,
    tab varchar not null,
    content_hash varchar not null,
    bytes bigint not null,
    pruned_at timestamptz not null
);
comment on table meta.pruned_extracts is 'Extracts that candid history prune removed from landing.';

create table if not exists meta.layouts (
    workbook varchar not null,
    tab varchar not null,
    content_hash varchar not null,
    sheet_id bigint not null,
    title varchar not null,
    hidden boolean not null,
    header_row integer not null,
    headers varchar[] not null,
    kinds varchar[] not null,
    rows_kept bigint not null,
    misread json not null,
    accepted_at timestamptz not null,
    run_id varchar not null,
    primary key (workbook, tab)
);
comment on table meta.layouts is 'How each tab (of a family: each member) was laid out when its clean table was last replaced: the baseline of meta.schema_changes.';

create table if not exists meta.schema_changes (
    workbook varchar not null,
    tab varchar not null,
    "table" varchar not null,
    title varchar not null,
    kind varchar not null,
    "column" varchar not null,
    subject varchar not null,
    "to" varchar not null,
    detail varchar not null,
    fix varchar not null,
    breaking boolean not null,
    first_seen timestamptz not null,
    _extract varchar not null,
    run_id varchar not null,
    resolved_at timestamptz
);
comment on table meta.schema_changes is 'Every structural change of a tab: what, when first seen, in which extract; resolved_at is null while a person has to decide.';

create table if not exists meta.holds (
    workbook varchar not null,
    tab varchar not null,
    "table" varchar not null,
    title varchar not null,
    cause varchar not null,
    content_before varchar not null,
    content_hash varchar not null,
    rows_before bigint not null,
    rows_now bigint not null,
    message varchar not null,
    first_seen timestamptz not null,
    run_id varchar not null,
    resolved_at timestamptz
);
comment on table meta.holds is 'Extracts that were read whole and are kept out until a person decides (candid holds); resolved_at is null while one waits.';

create table if not exists meta.undescribed_tables (
    workbook varchar not null,
    title varchar not null,
    proposal varchar not null,
    first_seen timestamptz not null,
    run_id varchar not null,
    primary key (workbook, title)
);
comment on table meta.undescribed_tables is 'Tables of sources that no contract names, and so are not read; with what may be done.';

create table if not exists meta.compactions (
    compacted_at timestamptz not null,
    bytes_before bigint not null,
    bytes_after bigint not null
);
comment on table meta.compactions is 'Every time this file was written anew to leave out the space between its tables; the first row is the size after the first publication.';

-- Columns that came later; a file of a former release gets them here.
alter table meta.extracts add column if not exists number bigint;
comment on column meta.extracts.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.runs add column if not exists number bigint;
comment on column meta.runs.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.builds add column if not exists number bigint;
comment on column meta.builds.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.publications add column if not exists number bigint;
comment on column meta.publications.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.pruned_extracts add column if not exists number bigint;
comment on column meta.pruned_extracts.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.quarantine_history add column if not exists number bigint;
comment on column meta.quarantine_history.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.quarantine_history add column if not exists resolved_number bigint;
comment on column meta.quarantine_history.resolved_number is 'Place of its resolution in the order of all that happened.';
alter table meta.schema_changes add column if not exists number bigint;
comment on column meta.schema_changes.number is 'Place in the order of all that happened, of meta.numbers.';
alter table meta.schema_changes add column if not exists resolved_number bigint;
comment on column meta.schema_changes.resolved_number is 'Place of its resolution in the order of all that happened.';
