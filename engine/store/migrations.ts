import type { Database } from 'better-sqlite3';
import { failpoint } from '../failpoints.ts';

/**
 * Each entry brings a store from the version of its index to the next, in one transaction with the new `user_version`.
 * Never edit one that has been released: add another, and keep a store of the version before in test/fixtures/stores.
 */
const MIGRATIONS: readonly string[] = [
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
  `
  -- The items of batches that were created one after the other: of \`batches\` scopes from \`first_scope\` on, each in the
  -- codec's text, with nothing between them. Items that take the place of these are in batch_items.
  create table item_pages (
    run         integer not null references runs (id) on delete cascade,
    first_scope integer not null,
    batches     integer not null,
    labels      text,                        -- JSON: what the author calls each batch, where it has one item and the node a \`label\`
    lengths     text not null,               -- JSON: how many bytes each has
    items       blob not null,               -- UTF-8
    primary key (run, first_scope)
  ) strict;

  -- What a re-run still has to write: it reopens very many batches in pages, because others wait for the store meanwhile. A
  -- process that is killed at it leaves them, and whoever takes the run up writes them first; but not those of a session that
  -- has not begun: the re-run has not either.
  create table rerun_pages (
    run         integer not null references runs (id) on delete cascade,
    page        integer not null,
    session     integer not null,
    changes     text not null,               -- JSON of a ChangesPage
    primary key (run, page)
  ) strict;

  -- What the rows of a run added up to, and where to look for those that have changed since: see tally.ts.
  create table tallies (
    run         integer primary key references runs (id) on delete cascade,
    tally       text not null                -- JSON
  ) strict;
  -- How many more items its batches have than were read from the source: a person has edited them.
  alter table splits add column edited integer not null default 0;
  -- Among a million batches that are done, few are to be executed, or created, once more.
  create index reopened_batches on batches (run, parent, node, idx) where status = 0 and attempt > 1;
  create index superseded_batches on batches (run, parent, node, idx) where status = 6;

  -- The payload as it was given, where the workflow's schema has made another one of it (a default, a transform): a run that
  -- begins with the same payload is given this one.
  alter table runs add column given_payload text;

  -- What an attempt read of the run's state and did not write: JSON of [key, version, number or null]. A later step of its
  -- batch may set the key, also in another process.
  alter table steps add column reads text;
  -- What the checkpoints of the run survive, as it was asked for once: a resume and a re-run keep to it.
  alter table runs add column durability text not null default 'normal' check (durability in ('normal', 'full'));
  -- Whether it is a demo: its steps are slowed down, some fail until the run is re-run, and its effects are only pretended.
  alter table runs add column demo integer not null default 0 check (demo in (0, 1));
  -- Until when the step waits: a failed attempt for the next one, a running one for its delay. A resume waits for what is left.
  alter table steps add column waits_until real;
  -- Until when a batch waits for its next attempt, or waited: of the failed one before it.
  alter table batch_attempts add column waits_until real;
  -- Retries, which are few: what waits, and what has waited.
  create index steps_that_wait on steps (run, scope) where waits_until is not null;
  -- Of a set or delete that builds on what its batch had read before: see Adds in records.ts. Only what adds the same way in every
  -- batch of its node is a counter, and is taken back by a re-run.
  alter table state_writes add column adds text check (adds in ('one', 'items', 'both', 'other'));
  update state_writes set adds = coalesce(
    (select case when delta = 1 and delta = b.items then 'both' when delta = b.items then 'items' end from batches b
      where b.run = state_writes.run and b.scope = state_writes.scope),
    case when delta = 1 then 'one' else 'other' end)
   where op = 'set' and delta is not null;
  -- Items that make their batch fail: of the attempt of the batch that failed.
  create table findings (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    batch_attempt integer not null,
    item        integer not null,            -- index among the items that the batch was created with
    position    integer not null,            -- place in the source of the batch node
    label       text,                        -- what the author calls the item
    found       text not null check (found in ('marked', 'probed', 'together', 'flaky')),
    error       text not null,               -- JSON of a StoredError
    member      text,                        -- which of its members was read last before it failed, where that is known
    others      text,                        -- JSON: the items that it fails together with
    primary key (run, scope, batch_attempt, item)
  ) strict, without rowid;
  -- What steps have done outside (\`ctx.effect\`), by the author's key. The intent is committed before the call and the receipt after it.
  create table effects (
    run         integer not null references runs (id) on delete cascade,
    key         text not null,
    status      text not null check (status in ('begun', 'done', 'failed', 'unknown')),
    node        integer not null,            -- with scope, batch_attempt and attempt: who used the key last
    scope       integer not null,
    batch_attempt integer not null,
    attempt     integer not null,
    session     integer not null,            -- that executed it
    params      text,                        -- what it was to do, where the author says so
    unit        text,                        -- JSON of what one and several are called
    receipt     text,                        -- null, when done: what it returned could not be stored
    error       text,                        -- JSON of a StoredError
    settled     text check (settled in ('verify', 'person')), -- who said what became of it; null: its own call
    begun_at    real not null,
    ended_at    real,
    primary key (run, key)
  ) strict, without rowid;
  create index effects_by_step on effects (run, scope, node, status);
  create index effects_unsettled on effects (run, status) where status in ('begun', 'unknown');
  -- A process writes with each sign of life how long it has worked on its run. What a run that lost its process before had worked
  -- since its last session began was to be seen by these two stamps only.
  update runs set active_ms = active_ms + coalesce((
    select max(0, l.heartbeat - s.started_at) from leases l join sessions s on s.run = l.run and s.ended_at is null
     where l.run = runs.id order by s.session desc limit 1), 0)
   where ended_at is null;
  -- Amounts (\`conserve\`), in whole millionths: what was read of the items of a batch node in a scope, and what each batch holds (null:
  -- one of its items has none). Where the two do not agree something was lost or counted twice.
  create table amount_totals (
    run         integer not null references runs (id) on delete cascade,
    node        integer not null,
    parent      integer not null,
    amount      integer not null,
    unit        text not null,
    primary key (run, node, parent)
  ) strict, without rowid;
  create table batch_amounts (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    amount      integer,
    primary key (run, scope)
  ) strict, without rowid;
  -- The latest search for the items at fault of a failed attempt of a batch.
  create table searches (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    batch_attempt integer not null,
    probes      integer not null,
    complete    integer not null check (complete in (0, 1)), -- the batch without what was found passes
    most_items  integer,                     -- more fail, whichever they are
    error       text,                        -- JSON of a StoredError: with what more fail
    why         text check (why in ('whole-batch', 'keeps-state', 'effect')), -- why no item can be told from the others
    code_hash   text not null,               -- of the author's files that were executed
    ended_at    real not null,
    primary key (run, scope, batch_attempt)
  ) strict, without rowid;
  -- Workflows whose steps may be executed to find items at fault, although nobody says that they are pure.
  create table probe_consents (
    workflow    text primary key,
    given_at    real not null
  ) strict, without rowid;
  -- Items that their batches go without, with what each is: from an attempt of the batch on, and until it is taken back in.
  create table set_aside (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    item        integer not null,            -- its index among the items that the batch was created with
    since_attempt integer not null,
    until_attempt integer,                   -- null: it still is
    position    integer not null,            -- place in the source of the batch node
    label       text,                        -- what the author calls the item
    value       text not null,               -- the item, in the codec's text
    found       text check (found in ('marked', 'probed', 'together', 'flaky')),
    error       text,                        -- JSON of the StoredError that it made its batch fail with
    reason      text,                        -- what a person says
    who         text,                        -- the person; null: the workflow itself (onItemError)
    at          real not null,
    amount      integer,                     -- in whole millionths; null: not known, or not yet
    primary key (run, scope, item, since_attempt)
  ) strict, without rowid;
  create index set_aside_now on set_aside (run, scope, item) where until_attempt is null;
  -- What a person says of a run: another name for it, a note, and that it is to stand first.
  create table run_labels (
    run         integer primary key references runs (id) on delete cascade,
    title       text,
    note        text,
    pinned_at   real
  ) strict;
  -- Runs that are being deleted, in pages: for everybody they are gone already. What a killed process leaves is deleted later.
  create table run_deletions (
    run         integer primary key references runs (id) on delete cascade
  ) strict;
  -- Whose process it was, as the system calls them.
  alter table sessions add column who text;
  -- Batches that succeeded and are far from their like, as they were found when the run had ended, and who has accepted which.
  create table odd_batches (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    batch_attempt integer not null,
    node        integer not null,
    idx         integer not null,
    why         text not null,               -- in words
    accepted_at real,
    accepted_by text,
    primary key (run, scope, batch_attempt)
  ) strict, without rowid;
  create table odd_looks (
    run         integer primary key references runs (id) on delete cascade,
    mark        text not null                -- the session, and its end, up to which it was looked at
  ) strict;
  -- Batches that are to be cancelled while their run goes on: its process looks at them as at \`requests\`.
  create table batch_cancels (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    reason      text not null,
    primary key (run, scope)
  ) strict, without rowid;
  -- How many batches of a node could run at a time from when on, where a person has changed it while the run went on.
  create table concurrency_changes (
    run         integer not null references runs (id) on delete cascade,
    change      integer not null,
    at          real not null,
    path        text not null,               -- of the node: it may not have been begun yet
    concurrency integer not null,
    primary key (run, change)
  ) strict, without rowid;
  -- Steps that wait for a person's decision or for an event, for as long as it takes.
  create table waits (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    node        integer not null,
    ask         integer not null,            -- a step that begins anew asks again
    batch_attempt integer not null,          -- an answer counts for the items that it was given for
    token       text not null unique,        -- names it to whoever answers
    kind        text not null check (kind in ('humanInTheLoop', 'waitForEvent')),
    event       text,                        -- the name of the event; null: a person decides
    description text,
    payload     text,                        -- what is shown to whoever decides, in the codec's text
    since       real not null,
    until       real,                        -- null: for as long as it takes
    status      text not null check (status in ('open', 'answered', 'timeout', 'withdrawn')),
    answer      text,                        -- what the step comes to, in the codec's text
    answered_at real,
    answered_by text,
    taken       integer not null default 0 check (taken in (0, 1)), -- the step has come to it
    primary key (run, scope, node, ask)
  ) strict, without rowid;
  create index waits_not_taken on waits (run, status) where taken = 0;
  create index waits_for_events on waits (event) where status = 'open';
  -- Runs that are a part of others: each was started by a step of its parent, once.
  create table subflows (
    child       integer primary key references runs (id) on delete cascade,
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    node        integer not null,
    ask         integer not null,            -- a step that begins anew, or with another input, starts another run
    attempt     integer not null,            -- of the step, that has started it
    key_base    text not null,               -- what its idempotency keys begin with: the same for the same input
    taken       integer not null default 0 check (taken in (0, 1)), -- the step has come to its output
    unique (run, scope, node, ask)
  ) strict;
  -- What has been published, for whoever starts runs of it.
  create table events (
    id          integer primary key autoincrement,
    name        text not null,
    payload     text not null,               -- in the codec's text
    at          real not null,
    who         text
  ) strict;
  -- What starts runs by itself: up to when it is settled what it was to start, and what came of it last.
  create table triggers (
    workflow    text not null,
    kind        text not null,
    what        text not null,               -- a path, a pattern of cron, the name of an event, an interval
    looked_at   real not null,
    event       integer not null,            -- the last event that was taken
    fired_at    real,
    run         integer,                     -- that it has started last; it may have been deleted since
    note        text,                        -- why it has started none since, in words
    primary key (workflow, kind, what)
  ) strict, without rowid;
  create index events_by_name on events (name, id);
  -- What all runs share, or all runs of one workflow (\`workflow\`; '' for all).
  create table shared_state (
    workflow    text not null,
    key         text not null,
    value       text not null,               -- in the codec's text
    expires_at  real,                        -- from then on it is as if it were not there
    changed_at  real not null,
    run         integer,                     -- that has changed it last, and may have been deleted since; null: a program
    primary key (workflow, key)
  ) strict, without rowid;
  -- Which attempt has the output that a step is given in a later run: \`cache\` of the step.
  create table cached_outputs (
    workflow    text not null,
    path        text not null,               -- the step's
    key         text not null,               -- what the author calls it
    code        text not null,               -- hash of the files that made it
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    node        integer not null,
    attempt     integer not null,
    expires_at  real,
    primary key (workflow, path, key)
  ) strict, without rowid;
  create index cached_outputs_by_run on cached_outputs (run);
  -- The run whose output the step was given, instead of being executed. It may have been deleted since.
  alter table steps add column cached_run integer;
  create index shared_state_that_expires on shared_state (expires_at) where expires_at is not null;
  -- Whether a paused run has paused itself, because nothing was left to do but to wait for people or events.
  alter table runs add column rests integer not null default 0 check (rests in (0, 1));
  -- How many of the items that were read are set aside now: its batches have so many fewer.
  alter table splits add column set_aside integer not null default 0;
  -- What "present" of its workflow has said of its result, as JSON.
  alter table runs add column presented text;
  -- What whoever starts the run calls it, so that it is started once: no other run of the store has the same.
  alter table runs add column key text;
  create unique index runs_by_key on runs (key) where key is not null;
  -- Which runs were begun, taken up, ended or labelled, the latest with the highest number; run 0: some run was deleted. Who
  -- watches a store of 100,000 runs reads on from where it was, instead of reading them all.
  create table run_changes (
    change      integer primary key autoincrement,
    run         integer not null unique
  ) strict;
  create trigger run_begun after insert on sessions begin
    delete from run_changes where run = new.run;
    insert into run_changes (run) values (new.run); end;
  create trigger session_ended after update of ended_at on sessions begin
    delete from run_changes where run = new.run;
    insert into run_changes (run) values (new.run); end;
  create trigger run_status_changed after update of status on runs begin
    delete from run_changes where run = new.id;
    insert into run_changes (run) values (new.id); end;
  create trigger run_labelled after insert on run_labels begin
    delete from run_changes where run = new.run;
    insert into run_changes (run) values (new.run); end;
  create trigger run_waits after insert on waits begin
    delete from run_changes where run = new.run;
    insert into run_changes (run) values (new.run); end;
  create trigger run_answered after update of status on waits begin
    delete from run_changes where run = new.run;
    insert into run_changes (run) values (new.run); end;
  create trigger run_deletion_begun after insert on run_deletions begin
    delete from run_changes where run = 0;
    insert into run_changes (run) values (0); end;
  create trigger run_deleted after delete on runs begin
    delete from run_changes where run in (0, old.id);
    insert into run_changes (run) values (0); end;
  -- A run that is deleted takes the files of its sessions along, and of these the ones that no other run has.
  create index session_sources_by_hash on session_sources (hash);
  -- What the store is to do by itself: see store-policies.ts.
  create table policies (
    name        text primary key,
    policy      text not null,               -- JSON
    applied_at  real
  ) strict, without rowid;
  -- The workers of a run, and what was heard of each last. Which of them executed a batch last stands with the batch.
  create table workers (
    run         integer not null references runs (id) on delete cascade,
    worker      integer not null,            -- from 1, over all sessions
    session     integer not null,
    host        text not null,               -- as the system calls the machine
    pid         integer,
    address     text,                        -- its mailbox; null: a process of the runner
    status      text not null check (status in ('starting', 'working', 'draining', 'drained', 'lost', 'refused')),
    code        text check (code in ('same', 'other')), -- null: not heard yet
    reason      text,                        -- why it is lost or refused
    began_at    real not null,
    heard_at    real,
    ended_at    real,
    in_flight   integer not null default 0,  -- batches that it has
    sent        integer not null default 0,  -- of these, handed over and not known to have begun
    batches     integer not null default 0,  -- that have come to their ends
    steps       integer not null default 0,  -- attempts that it has begun
    steps_per_second real not null default 0,
    memory      integer,                     -- bytes
    primary key (run, worker)
  ) strict, without rowid;
  alter table batches add column worker integer;
  alter table batch_attempts add column worker integer;
  -- Batches that were taken from a lost worker in the middle of an attempt: what had ended by then, that one has executed.
  create table takeovers (
    run         integer not null references runs (id) on delete cascade,
    scope       integer not null,
    batch_attempt integer not null,
    epoch       integer not null,
    worker      integer not null,            -- that had it
    at          real not null,
    seq         integer not null,            -- of the last step that was written by then
    primary key (run, scope, batch_attempt, epoch)
  ) strict, without rowid;
  -- Workers that a person wants to give no more batches to: the process of the run looks at them as at \`requests\`.
  create table worker_drains (
    run         integer not null references runs (id) on delete cascade,
    worker      integer not null,
    primary key (run, worker)
  ) strict, without rowid;
  -- Runs are searched by what names them, newest first, without reading their payloads and graphs.
  create index runs_by_title on runs (id desc, workflow, name, file, status, ended_at);
  -- Of a million steps few have not succeeded, or were tried again: to look for those must not be to read all.
  create index steps_not_succeeded on steps (run, node, status) where status <> 2;
  create index steps_tried_again on steps (run, scope, node, attempt) where attempt > 1;
  create index state_writes_by_key on state_writes (run, key);
  create index state_writes_that_build on state_writes (run, node, key, adds) where adds is not null;
  insert into sqlite_stat1 (tbl, idx, stat) values
    ('findings', 'findings', '10000 1000 2 2 1'),
    ('set_aside', 'set_aside', '10000 1000 2 1 1'),
    ('set_aside', 'set_aside_now', '10000 1000 2 1'),
    ('amount_totals', 'amount_totals', '100 5 5 1'),
    ('batch_amounts', 'batch_amounts', '1000000 100000 1'),
    ('effects', 'effects', '1000000 100000 1'),
    ('effects', 'effects_by_step', '1000000 100000 5 5 5'),
    ('effects', 'effects_unsettled', '100 10 5'),
    ('batches', 'reopened_batches', '1000 100 50 25 1'),
    ('batches', 'superseded_batches', '1000 100 50 25 1'),
    ('steps', 'steps_that_wait', '10000 1000 2'),
    ('steps', 'steps_not_succeeded', '1000 100 10 5'),
    ('steps', 'steps_tried_again', '1000 100 2 1 1'),
    ('waits', 'waits', '1000 10 2 1 1'),
    ('waits', 'waits_not_taken', '100 10 5'),
    ('waits', 'waits_for_events', '100 10'),
    ('state_writes', 'state_writes_by_key', '1000000 100000 1000'),
    ('state_writes', 'state_writes_that_build', '1000000 100000 20000 1000 500');
  analyze sqlite_schema;
  `,
];

export const STORE_VERSION = MIGRATIONS.length;

/** Brings a store to the current version, one step a transaction. The caller has made sure it is not newer. */
export function migrate(db: Database, versionNow: number): void {
  for (let version = versionNow; version < MIGRATIONS.length; version++) {
    const step = db.transaction(() => {
      // Another process may have come first while this one waited for the lock.
      if (Number(db.pragma('user_version', { simple: true })) !== version) return;
      db.exec(MIGRATIONS[version] ?? '');
      failpoint('in-migration');
      db.pragma(`user_version = ${version + 1}`);
    });
    failpoint('before-migration');
    step.immediate();
    failpoint('after-migration');
  }
}
