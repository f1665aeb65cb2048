import { z } from 'zod';
import { BATCH_STATUS_NAMES, RUN_STATUSES } from '../../common/status.ts';
import { FOUND } from '../../common/findings.ts';
import {
  text,
  count,
  stamp,
  runNumber,
  path,
  index,
  value,
  around,
  counts,
  location,
  error,
  nodeProgress,
  amounts,
  cancelReport,
  rerunReport,
  graphNode,
  notices,
  demo,
  itemPlace,
  tried,
  resumeReport,
} from './event-parts.ts';

/*
 * The lines of `--json`. schemas/events.schema.json is made of these and published with the package; the commands import only the names,
 * because loading zod would take a quarter of the time in which a command starts. Members may be added; those that are here stay.
 */

function event<const Name extends string, Shape extends z.core.$ZodShape>(
  name: Name,
  description: string,
  shape: Shape,
) {
  return z.object({ event: z.literal(name), ...shape }).meta({ title: name, description });
}

/** By their names. A name may have several forms, by the command that writes it. */
export const EVENT_SCHEMAS = {
  started: event('started', 'A run begins.', {
    run: runNumber,
    workflow: text,
    demo,
    existing: z.literal(true).optional().describe('Another start with its `--key` has begun it before.'),
    notices,
    rerun: rerunReport.optional(),
  }),
  progress: event('progress', 'How far it is; at most twice a second.', {
    items: counts,
    batches: counts,
    nodes: z.array(nodeProgress),
  }),
  log: event('log', 'A line of a log.', {
    at: stamp,
    level: text,
    text,
    step: path.optional(),
    batch: index.optional(),
    attempt: count.optional(),
    part: runNumber
      .optional()
      .describe('The run that it is a line of, where that is a part of the run that is followed.'),
  }),
  'logs-left-out': event('logs-left-out', 'Lines that came faster than they could be passed on: the store has them.', {
    lines: count,
  }),
  summary: event('summary', 'How a run ended, or how it stands.', {
    run: runNumber,
    workflow: text,
    key: text.optional().describe('The `--key` that it was started with.'),
    demo,
    status: z.enum(RUN_STATUSES),
    waitsFor: z.object({ approvals: count, events: count }).optional(),
    reason: text.optional(),
    partOf: runNumber.optional().describe('The run that it is a part of: a `subflow` of that has started it.'),
    items: counts,
    batches: counts,
    nodes: z.array(nodeProgress),
    amounts: z.array(amounts).optional().describe('Of nodes with `conserve`: decimal texts.'),
    steps: z.object({ executed: count }),
    state: z.record(text, z.unknown()),
    output: value,
    error: error.nullable(),
    durationMs: count,
  }),
  unreadable: event('unreadable', 'In the place of the summary of a run whose rows are damaged.', {
    run: runNumber,
    message: text,
  }),
  batch: event('batch', 'A batch of a run.', {
    node: path,
    index,
    around,
    status: z.enum(BATCH_STATUS_NAMES),
    items: count,
    attempts: count,
    error: error.optional(),
  }),
  failure: event('failure', 'A cause of failure, and the batches that failed for it.', {
    node: path,
    batches: count,
    indices: z.array(index).describe('Of at most the first thousand.'),
    within: z.object({ node: path, indices: z.array(index) }).optional(),
    message: text,
    fields: z.record(text, z.unknown()).optional(),
    explain: text.optional(),
    file: text.optional(),
    line: z.int().optional(),
    step: path.optional(),
  }),
  item: z.union([
    event('item', 'An item at fault.', {
      ...itemPlace,
      item: count.nullable().describe('Its index in the batch; null: more fail, whichever they are.'),
      position: count.nullable().describe('Its place in the source, from 0.'),
      cause: text.describe('The same for items with the same cause.'),
      error,
      found: z.enum(FOUND),
      others: z.array(count).optional(),
      mostItems: count.optional(),
    }),
    event('item', 'An item that is written to be corrected.', {
      ...itemPlace,
      item: count,
      position: z.null(),
      key: text.describe('Which item it is, and a hash of it.'),
      reason: text,
      value,
    }),
  ]),
  found: event('found', 'What a search for items at fault has come to.', {
    items: count,
    batches: count,
    probes: count,
    complete: z.boolean(),
  }),
  watching: event('watching', 'Waits for the next save.', { items: count }),
  checked: event('checked', 'An item was tried again.', {
    ...itemPlace,
    item: count,
    position: count,
    outcome: z.enum(['passed', 'failed', 'needs effect']),
    cause: text.optional(),
    error: error.optional(),
  }),
  passing: event('passing', 'How many items pass now.', { items: count, of: count }),
  refused: z.union([
    event('refused', 'What was saved cannot be executed.', { error: z.object({ name: text, message: text }) }),
    event('refused', 'A row of a corrected file is refused.', { row: count, reason: text }),
  ]),
  debugger: event('debugger', 'A debugger is waited for.', {
    node: path,
    batch: index,
    items: z.array(count),
    step: path.optional(),
    address: text,
  }),
  attached: event('attached', 'A debugger is attached.', {}),
  probed: event('probed', 'One batch was executed over some of its items.', {
    ...tried,
    outcome: z.enum(['passed', 'needs effect', 'timed out', 'failed']),
    effect: text.optional(),
    cause: text.optional(),
    error: error.optional(),
    values: z.array(z.object({ name: text, text })).optional(),
    smallest: z.object({ text, probes: count, isSmallest: z.boolean() }).optional(),
    codeOrData: z.object({ verdict: z.enum(['code', 'data', 'undecided', 'passes']), text }).optional(),
  }),
  pinned: event('pinned', 'A test of items was written.', {
    ...tried,
    file: text,
    wasThere: z.boolean(),
    missing: z.array(text),
    left: z.array(text),
    error,
  }),
  'lost-updates': event('lost-updates', 'Updates of the state that another batch has overwritten.', {
    key: text,
    count,
  }),
  'in-common': event('in-common', 'What items at fault have in common.', {
    node: path,
    sentences: z.array(text),
    statements: z.array(
      z.object({
        features: z.array(z.object({ path: text, words: text })),
        alike: z.array(z.object({ path: text, words: text })),
        atFault: count,
        others: count,
      }),
    ),
  }),
  'set-aside': event('set-aside', 'An item that its batch goes without.', {
    ...itemPlace,
    item: count,
    position: count,
    value,
    found: text.nullable(),
    error: error.nullable(),
    reason: text.nullable(),
    who: text.nullable(),
    at: stamp,
  }),
  cell: event('cell', 'A cell of a corrected file that changes.', {
    row: count,
    batch: index,
    item: count,
    column: text,
    before: value,
    after: value,
  }),
  tested: event('tested', 'A corrected item was tried.', {
    row: count,
    batch: index,
    item: count,
    passed: z.boolean(),
    reason: text.nullable(),
  }),
  effect: event('effect', 'What a step has done outside.', {
    key: text,
    status: z.enum(['begun', 'done', 'failed', 'unknown']),
    step: path,
    batches: z.array(z.object({ node: path, index })),
    attempt: count,
    params: value.optional(),
    receipt: value.optional(),
    error: error.optional(),
    settled: z.enum(['verify', 'person']).optional(),
    begunAt: stamp,
    endedAt: stamp.optional(),
  }),
  effects: event('effects', 'How the effects of a run stand.', {
    run: runNumber,
    done: count,
    failed: count,
    unknown: count,
  }),
  deleted: event('deleted', 'A run was deleted.', {
    run: runNumber,
    bytes: count.optional(),
    workflow: text.optional(),
  }),
  exported: event('exported', 'A run was written as one HTML file.', {
    run: runNumber,
    file: text,
    bytes: count,
    contents: z
      .array(z.object({ what: text, how: z.enum(['in it', 'hidden', 'not in it']), detail: text }))
      .describe('What is in the file, and what is not.'),
  }),
  deletable: event('deletable', 'A run that would be deleted.', { run: runNumber, bytes: count }),
  prunable: event('prunable', 'A run that would be deleted.', { run: runNumber, workflow: text }),
  pruned: event('pruned', 'Runs were deleted.', {
    runs: count,
    values: count.describe('Of what runs share: those whose time was over.'),
    bytesBefore: count,
    bytes: count,
    freeBytes: count,
  }),
  compacted: event('compacted', 'The store was written anew.', { bytesBefore: count, bytes: count }),
  policy: z.union([
    event('policy', 'Which runs the store deletes by itself.', {
      prune: z
        .object({
          olderThanMs: z.number().optional(),
          keep: count.optional(),
          keepFailed: z.boolean(),
          unfinished: z.boolean(),
        })
        .nullable(),
    }),
    event('policy', 'Who is told when runs of the store end.', {
      notice: z.object({ onFailure: text.optional(), onFinish: text.optional() }).nullable(),
    }),
  ]),
  answered: event('answered', 'What a run waits for was approved or rejected.', {
    run: runNumber,
    approved: z.boolean(),
  }),
  published: event('published', 'An event was published.', {
    name: text,
    runs: z.array(runNumber).describe('Those that waited for it.'),
  }),
  stored: event('stored', 'An answer is stored, and another process goes on with the run, or whoever resumes it.', {
    run: runNumber,
    goesOn: z.boolean(),
  }),
  rung: event('rung', 'A rung of a climb has ended.', {
    run: runNumber,
    rung: count,
    of: count,
    succeeded: count,
    failed: count,
    open: count,
    attempts: count,
    cause: z.object({ message: text, batches: count }).optional(),
    left: count,
    stopped: z.boolean(),
  }),
  'dry-run': z.union([
    event('dry-run', 'What a re-run would change.', {
      run: runNumber,
      ...rerunReport.shape,
      codeChanged: z.boolean(),
    }),
    event('dry-run', 'What a resume would do.', {
      run: runNumber,
      ...resumeReport,
      codeChanged: z.boolean(),
    }),
    event('dry-run', 'What a cancel of a run would end.', { run: runNumber, ...cancelReport }),
    event('dry-run', 'What a cancel of one batch would end.', {
      run: runNumber,
      node: path,
      batch: index,
      status: z.enum(BATCH_STATUS_NAMES),
    }),
  ]),
  'batch-cancel': event('batch-cancel', 'A batch was asked to end as cancelled.', {
    run: z.int(),
    node: path,
    batch: index,
    status: z.enum(BATCH_STATUS_NAMES),
    isOver: z.boolean(),
  }),
  workflow: event('workflow', 'A workflow of a file.', {
    file: text,
    id: text,
    name: text,
    description: text.optional(),
    at: location.optional(),
    triggers: z.array(z.object({ kind: text, on: text, at: location.optional() })),
    notices,
    payload: z.unknown().optional().describe('A JSON Schema.'),
    nodes: z.array(graphNode),
  }),
  serving: event('serving', 'The app is served.', {
    folder: text,
    url: text,
    port: z.int(),
    webhooks: text.optional().describe('Where webhooks are called, with `--triggers`.'),
  }),
  working: event(
    'working',
    'A worker serves the workflows of its folder: at its start, and when its files have changed.',
    {
      folder: text,
      queue: text.describe('The address of the queue, without a password.'),
      address: text.describe('The address of the worker.'),
      concurrency: count.describe('How many batches it executes at a time.'),
      workflows: z.array(z.object({ workflow: text, file: text, code: text.describe('The hash of its code.') })),
      broken: z.array(z.object({ file: text, message: text })).describe('Files that cannot be loaded.'),
    },
  ),
  'run-begins': event('run-begins', 'A worker begins to execute batches of a run.', {
    workflow: text,
    from: text.describe('The address of the run.'),
  }),
  'run-ends': event('run-ends', 'It executes no more of it.', { workflow: text, reason: text }),
  worker: event('worker', 'How a worker is, each second in which that has changed.', {
    inFlight: count.describe('How many batches it has.'),
    stepsPerSecond: z.number(),
    memoryBytes: count.describe('Of the worker and its processes.'),
    draining: z.boolean(),
  }),
  draining: event('draining', 'A worker finishes what it has, and takes nothing new.', { inFlight: count }),
  'worker-ended': event('worker-ended', 'A worker has ended.', {}),
  queue: event('queue', 'Whether the queue can be reached has changed.', {
    state: z.enum(['connected', 'away']),
    reason: text.optional(),
  }),
  'queue-worker': event('queue-worker', 'A worker that is at the queue.', {
    address: text,
    host: text,
    pid: count,
    protocol: count,
    startedAt: stamp,
    concurrency: count,
    inFlight: count,
    stepsPerSecond: z.number(),
    memoryBytes: count,
    isDraining: z.boolean(),
    workflows: z.array(z.object({ workflow: text, code: text })),
  }),
  made: event('made', 'A workspace was made.', { folder: text, file: text, id: text, written: z.array(text) }),
  error: event('error', 'The command was refused; the message says why and what to do.', {
    name: text,
    message: text,
    file: text.optional(),
    line: z.int().optional(),
    column: z.int().optional(),
    changed: z.array(z.looseObject({ path })).optional().describe('Of a run: work whose nodes have changed.'),
  }),
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type EventName = keyof typeof EVENT_SCHEMAS;

/** The published JSON Schema: a line is one of these. */
export function eventsJsonSchema(): object {
  // Not `output`, which would forbid members that come later.
  const { $defs, anyOf } = z.toJSONSchema(z.union(Object.values(EVENT_SCHEMAS)), {
    io: 'input',
    // Limits of what JavaScript can count to, which say nothing of the value.
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Lines of cronflow --json',
    description:
      'Each line that a command writes with --json is one of these objects. Later versions may add members and events: ignore what you do not know.',
    anyOf,
    $defs,
  };
}
