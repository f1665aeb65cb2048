import { batchLabels } from '../../engine/store/batch-labels.ts';
import { nodeAmounts } from '../../engine/store/amount-queries.ts';
import { countLogsAfter, lastLogId, logLines, type StoredLogLine } from '../../engine/store/log-queries.ts';
import { logEvents, type LogEventLine } from '../../engine/store/log-events.ts';
import { lostUpdates, sourceOf } from '../../engine/store/queries.ts';
import { givenPayloadText, isSourceOf, payloadText, resultText } from '../../engine/store/run-queries.ts';
import { listedShared } from '../../engine/store/shared-queries.ts';
import { stateLines, stateWrites } from '../../engine/store/state-queries.ts';
import { itemsText, outputText } from '../../engine/store/step-queries.ts';
import { decode } from '../../engine/store/codec.ts';
import { plainJson } from '../../engine/store/plain-json.ts';
import { LARGEST_TEXT } from '../api/protocol.ts';
import type { Args, LogEvent, LogLine, Result, ShownValue, StateWrite } from '../api/api.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';
import { lineOf } from './runs.ts';
import { shown, shownInTable } from './show.ts';

/* Values, logs and state of a run, as text. */

const MOST_KEYS = 1_000;

export function getItems(store: StoreConnection, { run, scope, attempt, full }: Args<'getItems'>): ShownValue {
  const text = itemsText(lineOf(store, run).db, run, scope, attempt);
  if (text === undefined) throw new NoRunError(run, `batch ${scope}`);
  return shown(text, full);
}

export function getOutput(store: StoreConnection, { run, scope, node, attempt, full }: Args<'getOutput'>): ShownValue {
  const text = outputText(lineOf(store, run).db, run, scope, node, attempt);
  if (text === undefined) throw new NoRunError(run, 'such output');
  return shown(text, full);
}

export function getPayload(store: StoreConnection, { run, full }: Args<'getPayload'>): ShownValue {
  const text = payloadText(store.dbOf(run), run);
  if (text === undefined) throw new NoRunError(run);
  return shown(text, full);
}

export function getGivenPayload(store: StoreConnection, { run }: Args<'getGivenPayload'>): Result<'getGivenPayload'> {
  const text = givenPayloadText(store.dbOf(run), run);
  if (text === undefined) throw new NoRunError(run);
  // A value with other types than JSON's is not JSON in the codec's text.
  if (text.length > LARGEST_TEXT) return null;
  const json = plainJson(decode(text));
  return json === undefined ? null : { json };
}

export function getResult(store: StoreConnection, { run, full }: Args<'getResult'>): ShownValue | null {
  const text = resultText(store.dbOf(run), run);
  if (text === undefined) throw new NoRunError(run);
  return text === null ? null : shown(text, full);
}

export function getLogs(
  store: StoreConnection,
  { run, after, before, limit, ...of }: Args<'getLogs'>,
): Result<'getLogs'> {
  const place = after === undefined ? { before } : { after };
  const { db } = lineOf(store, run);
  const lines = logLines(db, { run, ...of, place, limit: limit + 1 });
  const shown = after === undefined ? lines.slice(-limit) : lines.slice(0, limit);
  const labelOf = batchLabels(db, run);
  return { lines: shown.map(line => logLine(line, labelOf)), more: lines.length > limit };
}

/** What became of the run and of what is in it, in order. */
export function getLogEvents(
  store: StoreConnection,
  { run, limit, ...of }: Args<'getLogEvents'>,
): Result<'getLogEvents'> {
  const { db } = lineOf(store, run);
  const lines = logEvents(db, { run, ...of, limit: limit + 1 });
  const labelOf = batchLabels(db, run);
  return { events: lines.slice(-limit).map(line => logEvent(line, labelOf)), more: lines.length > limit };
}

type LabelOf = ReturnType<typeof batchLabels>;

/** The batch that a line is about, if any. */
function batchOf(
  { batchNode, batchParent, batchScope, idx }: Pick<LogEventLine, 'batchNode' | 'batchParent' | 'batchScope' | 'idx'>,
  labelOf: LabelOf,
): Pick<LogLine, 'batch'> {
  if (batchNode === null || batchParent === null || batchScope === null || idx === null) return {};
  return { batch: { node: batchNode, index: idx, ...labelOf(batchScope), parent: batchParent } };
}

function logEvent(line: LogEventLine, labelOf: LabelOf): LogEvent {
  const { at, kind, path, attempt, text, waits } = line;
  return {
    at,
    kind,
    ...(path !== null && { path }),
    ...batchOf(line, labelOf),
    ...(attempt !== null && { attempt }),
    ...(text !== null && { text }),
    ...(waits !== null && { waits }),
  };
}

function logLine(line: StoredLogLine, labelOf: LabelOf): LogLine {
  const { id, at, level, text, path, idx, attempt } = line;
  return {
    id,
    at,
    level,
    text,
    ...(path !== null && { path }),
    ...(idx !== null && { index: idx }),
    ...(attempt !== null && { attempt }),
    ...batchOf(line, labelOf),
  };
}

/** What the items of its batch nodes come to. */
export function getAmounts(store: StoreConnection, { run }: Args<'getAmounts'>): Result<'getAmounts'> {
  const { db, line } = lineOf(store, run);
  return { nodes: nodeAmounts(db, run, line.live) };
}

export function getState(store: StoreConnection, { run }: Args<'getState'>): Result<'getState'> {
  const { db } = lineOf(store, run);
  const { lines, total } = stateLines(db, run, MOST_KEYS);
  return {
    entries: lines.map(({ key, value, version, size }) => ({ key, value: shownInTable(value, size), version })),
    total,
    lost: lostUpdates(db, run),
  };
}

export function getSharedState(store: StoreConnection, { run }: Args<'getSharedState'>): Result<'getSharedState'> {
  const { db, line } = lineOf(store, run);
  const { lines, total } = listedShared(db, line.workflow, Date.now(), MOST_KEYS);
  return {
    entries: lines.map(of => ({
      key: of.key,
      value: shownInTable(of.value, of.size),
      scope: of.workflow === '' ? 'all' : 'workflow',
      changedAt: of.changedAt,
      ...(of.run !== null && { changedBy: of.run }),
      ...(of.expiresAt !== null && { expiresAt: of.expiresAt }),
    })),
    total,
  };
}

export function getStateHistory(
  store: StoreConnection,
  { run, key, before, limit }: Args<'getStateHistory'>,
): Result<'getStateHistory'> {
  return stateWrites(lineOf(store, run).db, run, key, before, limit).map((write): StateWrite => ({
    seq: write.seq,
    key: write.key,
    op: write.op,
    attempt: write.attempt,
    reverted: write.reverted === 1,
    ...(write.size !== null && { value: shownInTable(write.value, write.size).json }),
    ...(write.delta !== null && { delta: write.delta }),
    ...(write.path !== null && { path: write.path }),
    ...(write.idx !== null && { index: write.idx }),
    ...(write.lostPath !== null &&
      write.lostAttempt !== null && {
        lost: {
          path: write.lostPath,
          attempt: write.lostAttempt,
          ...(write.lostIdx !== null && { index: write.lostIdx }),
        },
      }),
  }));
}

/** The text of a file as a session ran it. */
export function sourceText(store: StoreConnection, { run, session, file }: Args<'getSource'>): string | null {
  return sourceOf(lineOf(store, run).db, run, session, file) ?? null;
}

export function isSource(store: StoreConnection, { run, file }: { run: number; file: string }): boolean {
  return isSourceOf(lineOf(store, run).db, run, file);
}

/** What has been said in a run since a line, as far as a screen can follow; without one, only where its log has come to. */
export function newLogs(
  store: StoreConnection,
  { run, after, limit }: { run: number; after: number | undefined; limit: number },
): { lines: LogLine[]; dropped: number; last: number } {
  const { db } = lineOf(store, run);
  if (after === undefined) return { lines: [], dropped: 0, last: lastLogId(db, run) };
  const labelOf = batchLabels(db, run);
  const lines = logLines(db, { run, place: { after }, limit }).map(line => logLine(line, labelOf));
  const last = lines.at(-1)?.id ?? after;
  if (lines.length < limit) return { lines, dropped: 0, last };
  return { lines, dropped: countLogsAfter(db, run, last), last: lastLogId(db, run) };
}
