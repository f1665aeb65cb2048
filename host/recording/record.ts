import { homedir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeParts } from '../../common/recording/binary.ts';
import { RECORDING_VERSION } from '../../common/recording/html.ts';
import { BatchStatus } from '../../common/status.ts';
import { sourceTexts } from '../../engine/store/recording-queries.ts';
import { nodesOf } from '../../engine/store/run-queries.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { PROTOCOL } from '../api/protocol.ts';
import type { BatchColumns, ContentLine, Recording, RecordingPart } from '../api/recording.ts';
import { fileIn, lineOf, momentOf } from '../store/runs.ts';
import type { StoreConnection } from '../store/store-connection.ts';
import { Answers } from './answers.ts';
import { batchColumns, TextTable } from './batch-columns.ts';
import { chosenBatches } from './chosen-batches.ts';
import { contentsOf } from './contents.ts';
import { logColumns } from './log-columns.ts';
import type { Redaction } from './shape.ts';
import { WordMask } from './words.ts';

/** A part is opened as a whole when a batch in it is looked at. */
const PART_CHARACTERS = 1_500_000;
/** Room for the details of batches, compressed: with the program and a million batches a file stays under 20 MB. */
const MOST_DETAIL_BYTES = 7_000_000;

export interface Recorded {
  readonly title: string;
  readonly contents: readonly ContentLine[];
  /** Compressed, the first of them what is needed at the start. */
  readonly parts: readonly Uint8Array[];
}

/** A run as it is in a file. @throws RunStateError while some process works on it */
export function record(
  store: StoreConnection,
  { run, values: hasValues, program }: { readonly run: number; readonly values: boolean; readonly program: string },
): Recorded {
  const { db, line } = lineOf(store, run);
  if (line.live) throw new RunStateError(`Run ${run} is running. Export it when it has ended, or pause it first.`);
  const redaction = redactionOf(store, sourceTexts(db, run), hasValues);
  const tables = { messages: new TextTable(), fingerprints: new TextTable() };
  const answers = new Answers(store, run, redaction);
  answers.addRun({ program, live: false });
  const batches = batchColumns(db, { run, startedAt: line.startedAt, moment: momentOf(line) }, tables, redaction);
  const details = detailsOf(store, run, chosenBatches(batches), redaction);
  const history = new Answers(store, run, redaction);
  history.addHistory();
  const scopes = details.scopes;
  const logs = logColumns(db, run, scopes, redaction);
  const failed = failedScopes(batches);
  const contents = contentsOf({
    hasValues,
    batches: batches.reduce((sum, columns) => sum + columns.scopes.length, 0),
    failed: failed.size,
    details: scopes.length,
    failedDetails: scopes.filter(scope => failed.has(scope)).length,
    logLines: logs.ids.length,
    logLinesLeft: logs.left,
    causes: tables.fingerprints.texts.length,
    steps: nodesOf(db, run).length,
  });
  const title = `${line.name} · run ${run}`;
  const recording: Recording = {
    version: RECORDING_VERSION,
    protocol: PROTOCOL,
    program,
    recordedAt: Date.now(),
    run,
    title,
    hasValues,
    contents,
    startedAt: line.startedAt,
    nodes: nodesOf(db, run).map(({ node, path }) => ({ node, path })),
    calls: answers.calls,
    elsewhere: Object.fromEntries(Object.keys(history.calls).map(key => [key, details.parts.length + 1])),
    batches,
    messages: tables.messages.texts,
    fingerprints: tables.fingerprints.texts,
    logs,
    details: { scopes: Uint32Array.from(scopes), parts: Uint32Array.from(details.partOf) },
  };
  return { title, contents, parts: [compressed(recording), ...details.parts, compressed({ calls: history.calls })] };
}

function compressed(part: Recording | RecordingPart): Uint8Array {
  return gzipSync(encodeParts(part), { level: 9 });
}

interface Details {
  readonly parts: readonly Uint8Array[];
  readonly scopes: readonly number[];
  /** Of each scope. The first part is 0, and has no details. */
  readonly partOf: readonly number[];
}

/** What there is of the batches, as many as there is room for. */
function detailsOf(store: StoreConnection, run: number, wanted: readonly number[], redaction: Redaction): Details {
  const parts: Uint8Array[] = [];
  const scopes: number[] = [];
  const partOf: number[] = [];
  let room = MOST_DETAIL_BYTES;
  let calls: Record<string, unknown> = {};
  let held: number[] = [];
  let characters = 0;
  const close = (): boolean => {
    const part = compressed({ calls });
    room -= part.length;
    if (room < 0) return false;
    parts.push(part);
    scopes.push(...held);
    partOf.push(...held.map(() => parts.length));
    [calls, held, characters] = [{}, [], 0];
    return true;
  };
  for (const scope of wanted) {
    const answers = new Answers(store, run, redaction);
    answers.addBatch(scope);
    Object.assign(calls, answers.calls);
    held.push(scope);
    characters += JSON.stringify(answers.calls).length;
    if (characters > PART_CHARACTERS && !close()) return { parts, scopes, partOf };
  }
  if (held.length > 0) close();
  return { parts, scopes, partOf };
}

function failedScopes(batches: readonly BatchColumns[]): Set<number> {
  return new Set(
    batches.flatMap(({ scopes, statuses }) => [...scopes].filter((_, row) => statuses[row] === BatchStatus.failed)),
  );
}

function redactionOf({ folder }: StoreConnection, code: readonly string[], hasValues: boolean): Redaction {
  const places = [folder, homedir()].filter(place => place !== path.parse(place).root);
  return {
    hasValues,
    words: new WordMask(code),
    cause: numbered('cause'),
    machine: numbered('machine'),
    file: file => {
      const named = fileIn(folder, file);
      return path.isAbsolute(named) ? path.basename(named) : named;
    },
    withoutFolders: text => places.reduce((rest, place) => rest.replaceAll(place, '…'), text),
  };
}

/** Tells texts apart without saying them: `cause 1`, `cause 2`. */
function numbered(what: string): (text: string) => string {
  const known = new Map<string, string>();
  return text => {
    const name = known.get(text) ?? `${what} ${known.size + 1}`;
    known.set(text, name);
    return name;
  };
}
