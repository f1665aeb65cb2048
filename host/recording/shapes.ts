import type { Graph } from '../../common/graph.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { StoredReason } from '../../common/stored-error.ts';
import type { ItemAtFault, MethodName, Result, RunItem, ShownValue, StoredError } from '../api/api.ts';
import {
  cause,
  chosen,
  chosenList,
  file,
  keep,
  machine,
  never,
  shaped,
  shownText,
  words,
  type Redaction,
  type Shape,
} from './shape.ts';

/* For each answer that is recorded, what of it may be in a file. */

const LOCATION: Shape<SourceLocation> = { file, line: keep, column: keep };

/** Errors hold their causes. */
const reason = (value: StoredReason, redaction: Redaction): StoredReason => shaped(REASON, value, redaction);
const REASON: Shape<StoredReason> = {
  name: words,
  message: words,
  fields: chosen,
  cause: reason,
  errors: [reason],
};

const ERROR: Shape<StoredError> = {
  name: words,
  message: words,
  stack: chosen,
  at: LOCATION,
  step: keep,
  explain: words,
  askedToWait: keep,
  fingerprint: cause,
  fields: chosen,
  cause: reason,
  errors: [reason],
};

const ITEM_ERROR: Shape<ItemAtFault['error']> = {
  name: words,
  message: words,
  explain: words,
  fingerprint: cause,
  at: LOCATION,
};

/**
 * The drawing is of the code. Where its files lie is not said, nor what a payload has to be, which is for whoever starts a run; and
 * what a step is to log may have been put together from values.
 */
function graph(drawn: Graph, redaction: Redaction): unknown {
  return JSON.parse(JSON.stringify({ ...drawn, payload: undefined }), (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return key === 'file' ? redaction.file(value) : key === 'message' ? words(value, redaction) : value;
  });
}

const RUN: Shape<RunItem> = {
  run: keep,
  workflow: keep,
  name: keep,
  file,
  status: keep,
  reason: words,
  partOf: keep,
  items: keep,
  batches: keep,
  failedBatches: keep,
  isOpenEnded: keep,
  lostUpdates: keep,
  startedAt: keep,
  endedAt: keep,
  activeMs: keep,
  rests: keep,
  waitsFor: keep,
  demo: keep,
  stopping: never,
  title: chosen,
  note: chosen,
  pinned: never,
  queued: never,
  climb: never,
};

const VALUE: Shape<ShownValue> = { json: shownText, truncated: keep, size: keep };
const PLACE = { node: keep, scope: keep, index: keep, label: chosen, parent: keep } as const;
const BATCH_OF_LINE = { node: keep, index: keep, label: chosen, parent: keep } as const;
const LOST = [{ key: words, count: keep }] as const;

const BATCH_ROW: Shape<Result<'getBatch'>['batch']> = {
  node: keep,
  scope: keep,
  index: keep,
  label: chosen,
  status: keep,
  items: keep,
  attempts: keep,
  retries: keep,
  waited: keep,
  wait: { path: keep, kind: keep, attempt: keep, until: keep, asked: words },
  startedAt: keep,
  endedAt: keep,
  message: words,
  fingerprint: cause,
  worker: keep,
};

const ATTEMPT: Shape<Result<'getStep'>['attempts'][number]> = {
  scope: keep,
  node: keep,
  path: keep,
  attempt: keep,
  batchAttempt: keep,
  session: keep,
  status: keep,
  startedAt: keep,
  endedAt: keep,
  error: ERROR,
  outputSize: keep,
  waitsUntil: keep,
  cachedRun: keep,
  logLines: keep,
  worker: keep,
};

/** The methods whose answers are recorded. What else a page computes or is refused. */
export const SHAPES = {
  getRun: {
    item: RUN,
    graph,
    sessions: [
      {
        session: keep,
        kind: keep,
        startedAt: keep,
        endedAt: keep,
        outcome: keep,
        codeHash: keep,
        who: chosen,
        what: keep,
        correctedBy: chosen,
      },
    ],
    codeChanged: keep,
    error: ERROR,
    presented: chosen,
    live: keep,
    onQueue: keep,
  },
  watchRun: {
    run: keep,
    seq: keep,
    progress: {
      status: keep,
      reason: words,
      items: keep,
      batches: keep,
      failedBatches: keep,
      nodes: keep,
      steps: keep,
      rate: keep,
      left: keep,
      startedAt: keep,
      endedAt: keep,
      activeMs: keep,
      rests: keep,
      waitsFor: keep,
    },
    maps: keep,
  },
  getProblems: {
    causes: [
      {
        node: keep,
        path: keep,
        fingerprint: cause,
        name: words,
        message: words,
        pattern: [{ text: words, examples: chosenList }],
        fields: chosen,
        explain: words,
        at: LOCATION,
        step: keep,
        batches: keep,
        first: keep,
      },
    ],
    lost: LOST,
  },
  getHistory: {
    from: keep,
    unit: keep,
    to: keep,
    status: keep,
    sessions: [{ kind: keep, from: keep, to: keep, outcome: keep }],
    parts: keep,
    causes: [
      {
        node: keep,
        path: keep,
        fingerprint: cause,
        name: words,
        message: words,
        pattern: [{ text: words, examples: chosenList }],
        explain: words,
        at: LOCATION,
        step: keep,
      },
    ],
    untold: keep,
  },
  getFindings: {
    counts: keep,
    searchable: keep,
    items: [
      {
        scope: keep,
        path: keep,
        batch: keep,
        parent: keep,
        item: keep,
        row: keep,
        position: keep,
        label: chosen,
        found: keep,
        error: ITEM_ERROR,
        member: words,
        others: keep,
      },
    ],
    searches: [
      {
        path: keep,
        batch: keep,
        probes: keep,
        isComplete: keep,
        items: keep,
        limit: { items: keep, error: ITEM_ERROR },
        uncertain: keep,
      },
    ],
    search: never,
    check: never,
  },
  getRepeated: keep,
  getInCommon: { nodes: chosenList },
  getAmounts: { nodes: chosenList },
  getEffects: {
    effects: [
      {
        key: words,
        status: keep,
        path: keep,
        attempt: keep,
        params: VALUE,
        receipt: VALUE,
        message: words,
        settled: keep,
        begunAt: keep,
        endedAt: keep,
      },
    ],
    more: keep,
  },
  getSetAside: {
    items: [
      {
        scope: keep,
        path: keep,
        batch: keep,
        item: keep,
        position: keep,
        label: chosen,
        value: VALUE,
        message: words,
        reason: words,
        who: chosen,
        at: keep,
      },
    ],
    total: keep,
  },
  getState: { entries: [{ key: words, value: VALUE, version: keep }], total: keep, lost: LOST },
  getTimes: {
    stride: keep,
    failuresPerSecond: keep,
    strip: keep,
    steps: [{ path: keep, count: keep, p50: keep, p95: keep, max: keep, bins: keep, slowest: PLACE }],
    stuck: [{ ...PLACE, path: keep, since: keep, median: keep }],
    stuckTotal: keep,
  },
  getOdd: { batches: [{ node: keep, scope: keep, attempt: keep, index: keep, label: chosen, why: keep }] },
  getTimeline: {
    from: keep,
    to: keep,
    lanes: keep,
    bars: [
      {
        lane: keep,
        node: keep,
        path: keep,
        scope: keep,
        index: keep,
        label: chosen,
        status: keep,
        from: keep,
        to: keep,
        attempt: keep,
        worker: keep,
        steps: keep,
      },
    ],
    bands: keep,
    gaps: keep,
  },
  getOverlay: (overlay: Result<'getOverlay'>, redaction: Redaction): Result<'getOverlay'> =>
    overlay.by === 'cause' ? { ...overlay, causes: overlay.causes.map(redaction.cause) } : overlay,
  getWorkers: {
    workers: [
      {
        worker: keep,
        session: keep,
        host: machine,
        pid: never,
        address: never,
        status: keep,
        code: keep,
        reason: words,
        beganAt: keep,
        heardAt: keep,
        endedAt: keep,
        inFlight: keep,
        sent: keep,
        batches: keep,
        steps: keep,
        stepsPerSecond: keep,
        memory: keep,
      },
    ],
    now: keep,
  },
  getLogEvents: {
    events: [{ at: keep, kind: keep, path: keep, batch: BATCH_OF_LINE, attempt: keep, text: words, waits: keep }],
    more: keep,
  },
  getStep: { attempts: [ATTEMPT], effects: keep },
  getBatch: {
    batch: BATCH_ROW,
    path: keep,
    attempt: keep,
    error: ERROR,
    earlierAttempts: [
      { attempt: keep, status: keep, startedAt: keep, endedAt: keep, waitsUntil: keep, error: ERROR, worker: keep },
    ],
    attempts: [ATTEMPT],
    around: keep,
    effects: keep,
    inner: keep,
  },
  compareAttempts: {
    attempts: [
      {
        attempt: keep,
        session: keep,
        input: keep,
        at: keep,
        who: chosen,
        reason: words,
        code: [{ file, line: keep, before: chosen, removed: chosenList, added: chosenList, lines: keep, step: keep }],
      },
    ],
    left: keep,
  },
  getItems: VALUE,
  getOutput: VALUE,
  getPayload: VALUE,
  getResult: VALUE,
  getSource: (source: Result<'getSource'>, { hasValues }: Redaction): Result<'getSource'> =>
    hasValues ? source : null,
} as const satisfies { readonly [M in MethodName]?: Shape<Result<M>> };

export type RecordedMethod = keyof typeof SHAPES;
