import type { Database } from 'better-sqlite3';
import { failpoint } from '../failpoints.ts';
import { RELEASED } from './released-migrations.ts';

/**
 * Each entry brings a store from the version of its index to the next, in one transaction with the new `user_version`.
 * Never edit one that has been released: add another, and keep a store of the version before in test/fixtures/stores.
 */
const MIGRATIONS: readonly string[] = [
  ...RELEASED,
  `
  -- The items of batches that were created one after the other: of \`batches\` scopes from \`first_scope\` on, each in the
  -- codec's text, with nothing between them. Items that take the place of these are in batch_items.
  create table item_pages (
    run         integer not null references runs (id) on delete cascade,
    first_scope integer not null,
    batches     integer not null,
    labels      text,                        -- JSON: what the author calls each batch, where it has one item and the node a \`label\`
    lengths     text not null,               -- JSON: how many bytes each has
    items       blob not null,               -- UTF-8; a long one compressed, by zlib, where that is worth it
    primary key (run, first_scope)
  ) strict;
  -- What a step has put out that is a large array: \`steps.output\`, and \`runs.output\` of the run that has come to it, says where.
  create table output_pages (
    run         integer not null references runs (id) on delete cascade,
    at          integer not null,            -- \`seq\` of the attempt
    page        integer not null,
    text        text not null,               -- JSON: an array of some of its elements
    primary key (run, at, page)
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
  -- Whether workers on other machines executed its batches: a run that is taken up again stays where it was.
  alter table sessions add column on_queue integer not null default 0;
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
    event_id    integer,                     -- the event that is its answer
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
    waiting     text not null default '',    -- firings that wait until the run before has ended: when, with spaces between
    left_out    integer not null default 0,  -- firings that found no room to wait, since the last time that none waited
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
  -- As many bytes as its end will add to the row, until then: rows that grow are moved from page to page (item-pages.ts).
  alter table batches add column room blob;
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
