import { z } from 'zod';

/* What several lines of `--json` have in them: see event-schemas.ts. */

export const text = z.string();
export const count = z.int().min(0);
/** Milliseconds since 1970. */
export const stamp = z.number();
export const runNumber = z.string().regex(/^\d+$/).describe('The number of the run.');
export const path = z.string().describe('The path of a node: its name, or `outer/inner`.');
export const index = count.describe('The index of a batch in its node, from 0.');
export const value = z.unknown().describe('Any value, as JSON has it.');
export const around = z
  .array(z.object({ node: path, index }))
  .describe('The batches and rounds that it stands in, outermost first.')
  .optional();

export const counts = z
  .object({
    total: count,
    succeeded: count,
    failed: count,
    setAside: count,
    running: count,
    waiting: count,
    cancelled: count,
  })
  .meta({ id: 'counts', description: 'The total is the sum of the others.' });

export const location = z
  .object({ file: text, line: z.int(), column: z.int() })
  .meta({ id: 'location', description: 'A place in a source file: absolute path, line and column from 1.' });

const reason = z
  .object({
    name: text,
    message: text,
    fields: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])).optional(),
    get cause() {
      return reason.optional();
    },
    get errors() {
      return z.array(reason).optional();
    },
  })
  .meta({ id: 'reason' });

export const error = z
  .object({
    ...reason.shape,
    file: text.optional(),
    line: z.int().optional(),
    step: path.optional(),
    explain: text.optional(),
  })
  .meta({
    id: 'error',
    description: 'What was thrown, where, and in which step; `explain` is the author’s plain sentence.',
  });

export const nodeProgress = z
  .object({
    path,
    batches: counts,
    items: counts,
    complete: z.boolean().describe('False while a stream may bring more.'),
  })
  .meta({ id: 'nodeProgress' });

export const amounts = z.object({
  node: path,
  unit: text,
  ...Object.fromEntries(
    (['total', 'succeeded', 'failed', 'setAside', 'running', 'waiting', 'cancelled'] as const).map(part => [
      part,
      text,
    ]),
  ),
  balanced: z.boolean(),
  unknownBatches: count,
  unknownItems: count,
});

const movedItems = z.object({ path, items: count, batches: count, names: z.array(text) });

const continuation = {
  discarded: z.array(path),
  takenBack: z.array(z.object({ key: text, by: z.number() })),
  notTakenBack: z.array(text),
};

const plannedEffects = z.array(z.object({ path, unit: z.tuple([text, text]), done: count, unknown: count }));

export const rerunReport = z
  .object({
    nodes: z.array(z.object({ path, batches: count, indices: z.array(index) })),
    steps: z.array(path),
    reused: z.object({ batches: count, steps: count }),
    waiting: z.array(z.object({ path, batches: count })),
    repeats: z.array(path),
    ...continuation,
    effects: plannedEffects,
    setAside: z.array(movedItems),
    takenIn: z.array(movedItems),
  })
  .meta({ id: 'rerunReport', description: 'What a re-run changes.' });

const standingBatches = z.array(
  z.object({
    path,
    reused: count.describe('Batches that succeeded.'),
    left: count.describe('Batches that failed or were cancelled, which only a re-run executes again.'),
    continued: z.array(index).describe('Batches that had begun and not ended.'),
    fromStart: count.describe('Batches of which nothing was kept: they begin at their first step.'),
    hasMore: z.boolean().describe('Its items were not all divided into batches: more come.'),
  }),
);
const stepsInFlight = z.array(z.object({ path, attempts: count }));
const openWaits = z.array(z.object({ path, steps: count }));

export const cancelReport = {
  process: z.object({ pid: z.int(), host: text }).optional().describe('The process that works on the run.'),
  nodes: standingBatches.describe('`continued` and `fromStart` are cancelled.'),
  stops: stepsInFlight.describe('Steps that the process executes.'),
  waits: openWaits.describe('What nobody waits for any more.'),
  parts: z.array(runNumber).describe('Runs that are a part of it, and end with it.'),
};

export const resumeReport = {
  ...continuation,
  nodes: standingBatches,
  reused: z.object({
    steps: count.describe('Outside of batches.'),
    stepsInside: count.describe('Inside the batches that had begun.'),
  }),
  again: stepsInFlight.describe('Steps that had begun and not ended.'),
  later: z.array(path).describe('Nodes of the workflow itself that have not begun.'),
  effects: plannedEffects,
  waits: openWaits.describe('What waits for people or events.'),
};

export const graphNode = z
  .object({
    path,
    id: text,
    kind: text,
    title: text.optional(),
    description: text.optional(),
    unit: z.tuple([text, text]).optional(),
    at: location.optional(),
    settings: z.record(text, z.unknown()).optional(),
    get branches() {
      return z.array(graphBranch).optional();
    },
    get members() {
      return z.array(graphNode).optional();
    },
    code: text.optional(),
    get body() {
      return z
        .union([
          z.object({ drawn: z.literal(true), nodes: z.array(graphNode) }),
          z.object({ drawn: z.literal(false), why: text }),
        ])
        .optional();
    },
  })
  .meta({ id: 'graphNode' });
const graphBranch = z
  .object({
    id: text,
    title: text.optional(),
    at: location.optional(),
    get nodes() {
      return z.array(graphNode);
    },
  })
  .meta({ id: 'graphBranch' });

export const notices = z
  .array(z.object({ text, at: location.optional() }))
  .describe('What of the file has no effect.')
  .optional();

export const demo = z
  .literal(true)
  .optional()
  .describe('It is a demo: its data is made up, and its steps are not those of the file.');

export const itemPlace = { node: path, batch: index, around, label: text.nullable() };
export const tried = { node: path, batch: index, items: z.array(z.union([count, text])) };
