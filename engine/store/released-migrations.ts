/* The migrations of stores up to the version that was last released: see migrations.ts. Never edit one of them. */

export const RELEASED: readonly string[] = [
  `
  -- One row a run. Times everywhere are milliseconds since 1970, with fractions. Values are in the codec's text.
  create table runs (
    id          integer primary key autoincrement,
    uid         text not null unique,        -- unique beyond this store: begins the idempotency keys
    workflow    text not null,               -- the workflow's id
    name        text not null,
    file        text not null,               -- absolute path of the workflow file
    status      text not null check (status in ('running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted')),
    reason      text,                        -- why it is paused, cancelled or interrupted, in words
    payload     text not null,
    output      text,
    error       text,                        -- JSON of a StoredError
    graph       text not null,               -- JSON of a Graph, as drawn when the latest session began
    counts      text,                        -- JSON of RunCounts; written now and then, exact once the run has ended
    started_at  real not null,
    ended_at    real,
    active_ms   real not null default 0      -- time in which some process worked on it
  ) strict;

  -- One row each time a process takes up a run. Attempts name the session, and so the code, that made them.
  create table sessions (
    run         integer not null references runs (id) on delete cascade,
    session     integer not null,
    kind        text not null check (kind in ('start', 'resume', 'rerun')),
    note        text,                        -- JSON: what a re-run was asked to touch
    code_hash   text not null,
    pid         integer not null,
    host        text not null,
    started_at  real not null,
    ended_at    real,
    outcome     text,
    primary key (run, session)
  ) strict, without rowid;

  -- The user's files as they were, by content.
  create table sources (
    hash        text primary key,
    text        text not null
  ) strict, without rowid;
  create table session_sources (
    run         integer not null references runs (id) on delete cascade,
    session     integer not null,
    path        text not null,
    hash        text not null references sources (hash),
    primary key (run, session, path)
  ) strict, without rowid;

  -- Who works on a run now. A run has one owner at a time.
  create table leases (
    run         integer primary key references runs (id) on delete cascade,
    owner       text not null,
    pid         integer not null,
    born        text,                        -- when that process started, so that a reused pid is not mistaken for it
    host        text not null,
    heartbeat   real not null
  ) strict;
  -- What other processes ask of the owner; it looks at each heartbeat.
  create table requests (
    run         integer primary key references runs (id) on delete cascade,
    stop        text not null check (stop in ('cancelled', 'paused', 'interrupted')),
    reason      text
  ) strict;

  -- Short numbers for node paths.
  create table nodes (
    run         integer not null references runs (id) on delete cascade,
    node        integer not null,
    path        text not null,
    kind        text not null,
    primary key (run, node)
  ) strict, without rowid;

  -- How far the items of a batch node have been split into batches. \`parent\` is the scope the node stands in.
  create table cuts (
    run         integer not null references runs (id) on delete cascade,
    node        integer not null,
    parent      integer not null,
    batches     integer not null,
    items       integer not null,
    known_items integer,                     -- all there are, where that is known before the end (an array)
    exhausted   integer not null check (exhausted in (0, 1)),
    primary key (run, node, parent)
  ) strict, without rowid;

  -- One row a batch (of a forEach: an item; of a while: a round). \`scope\` is its number in the run; 0 is the workflow itself.
  create table batches (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    node        integer not null,
    parent      integer not null,
    idx         integer not null,            -- index among its siblings, from 0
    items       integer not null,            -- how many items it holds
    status      integer not null,            -- BatchStatus
    pass        integer not null default 1,  -- the batch attempt: 2 after the first re-run or batch retry, and so on
    session     integer,
    started_at  real,
    ended_at    real,
    last_node   integer,                     -- with last_attempt: the step whose output is the batch's
    last_attempt integer,
    error       text,                        -- JSON of a StoredError
    primary key (run, scope)
  ) strict, without rowid;
  create unique index batches_by_place on batches (run, parent, node, idx);
  -- Few rows at any time: what to put back when the process that ran them is gone.
  create index batches_in_flight on batches (run) where status in (1, 5);
  -- Causes of failure, and the next failure from here. A batch that does not fail costs it nothing.
  create index failed_batches on batches (run, node, parent, idx) where status = 3;

  -- The items themselves, apart from the statuses so that those stay small. A re-run with edited items adds a row.
  create table batch_items (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    pass        integer not null,
    items       text not null,
    primary key (run, scope, pass)
  ) strict, without rowid;

  -- The attempts of a batch before its latest one.
  create table batch_passes (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    pass        integer not null,
    status      integer not null,
    session     integer,
    started_at  real,
    ended_at    real,
    last_node   integer,
    last_attempt integer,
    error       text,
    primary key (run, scope, pass)
  ) strict, without rowid;

  -- One row an attempt. The succeeded one of a (scope, node) is its checkpoint.
  create table steps (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    node        integer not null,
    attempt     integer not null,            -- from 1, over all attempts of its batch
    pass        integer not null,
    seq         integer not null,            -- order of writing within the run
    session     integer not null,
    status      integer not null,            -- StepStatus
    started_at  real not null,
    ended_at    real,
    error       text,                        -- JSON of a StoredError; of a succeeded attempt: the error its onError answered
    output      text,
    primary key (run, scope, node, attempt)
  ) strict, without rowid;

  create index steps_in_flight on steps (run) where status = 1;

  create table logs (
    id          integer primary key,
    run         integer not null references runs (id) on delete cascade,
    scope       integer,                     -- null with node and attempt: not said by any step
    node        integer,
    attempt     integer,
    at          real not null,
    level       text not null,
    text        text not null
  ) strict;
  create index logs_by_step on logs (run, scope, node, attempt);
  create index logs_by_run on logs (run);  -- and by id: a run's log in the order in which it was said

  create table state (
    run         integer not null references runs (id) on delete cascade,
    key         text not null,
    value       text not null,
    version     integer not null,
    primary key (run, key)
  ) strict, without rowid;

  -- Every write to a run's state, so that a re-run can take back what it repeats and a lost update can be shown.
  create table state_writes (
    run         integer not null references runs (id) on delete cascade,
    seq         integer not null,
    key         text not null,
    op          text not null check (op in ('set', 'incr', 'update', 'delete', 'revert')),
    value       text,                        -- the key's value afterwards; null: deleted
    delta       real,                        -- what was added, where the write was an addition
    scope       integer not null,
    node        integer not null,
    attempt     integer not null,
    reverted    integer not null default 0,
    lost_scope  integer,                     -- the write this one overwrote without having read it
    lost_node   integer,
    lost_attempt integer,
    primary key (run, seq)
  ) strict, without rowid;
  create index state_writes_by_step on state_writes (run, scope, node, attempt);
  create index lost_updates on state_writes (run, seq) where lost_scope is not null;

  -- What SQLite plans by: sizes such as a large store has. Without them it takes all indices to be about equal, and looks
  -- for the batches inside a batch by reading the whole run: a re-run of 5,000 of 100,000 batches took two minutes instead of one second.
  -- A row says how many rows the index has, and how many there are to each value of its first column, of its first two, and so on.
  analyze sqlite_schema;
  insert into sqlite_stat1 (tbl, idx, stat) values
    ('batches', 'batches', '1000000 100000 1'),
    ('batches', 'batches_by_place', '1000000 100000 20 10 1'),
    ('batches', 'batches_in_flight', '100 50'),
    ('batches', 'failed_batches', '10000 1000 500 20 1'),
    ('batch_items', 'batch_items', '1000000 100000 1 1'),
    ('batch_passes', 'batch_passes', '10000 1000 2 1'),
    ('steps', 'steps', '3000000 300000 3 1 1'),
    ('steps', 'steps_in_flight', '100 50'),
    ('logs', 'logs_by_step', '1000000 100000 10 5 5'),
    ('logs', 'logs_by_run', '1000000 100000'),
    ('state_writes', 'state_writes', '1000000 100000 1'),
    ('state_writes', 'state_writes_by_step', '1000000 100000 2 2 1'),
    ('state_writes', 'lost_updates', '100 10 1');
  analyze sqlite_schema;
  `,
  `
  -- One word for how often something was tried: a batch has attempts as a step has.
  alter table batches rename column pass to attempt;
  alter table batch_items rename column pass to attempt;
  alter table batch_passes rename to batch_attempts;
  alter table batch_attempts rename column pass to attempt;
  alter table steps rename column pass to batch_attempt;
  alter table cuts rename to splits;
  update sqlite_stat1 set tbl = 'batch_attempts', idx = 'batch_attempts' where tbl = 'batch_passes';
  -- What failures with one cause share. A quotation mark inside a text of the JSON has a backslash before it: only the member is renamed.
  update runs set error = replace(error, '"group":', '"fingerprint":') where error is not null;
  update batches set error = replace(error, '"group":', '"fingerprint":') where error is not null;
  update batch_attempts set error = replace(error, '"group":', '"fingerprint":') where error is not null;
  update steps set error = replace(error, '"group":', '"fingerprint":') where error is not null;
  analyze sqlite_schema;
  `,
];
