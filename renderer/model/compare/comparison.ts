import type {
  AttemptRow,
  BatchDetail,
  CodeChange,
  ComparedAttempt,
  LogLine,
  StoredError,
} from '../../../host/api/api.ts';
import type { BatchStatusName, StepStatusName } from '../../../common/status.ts';
import { flat, valueChanges, type ValueChange } from '../items/value-changes.ts';
import { brief } from './brief.ts';
import { inputCells, type InputCell } from './input-cells.ts';
import { logCells, type LogCell } from './log-cells.ts';
import { stepRows, type StepInAttempt } from './step-rows.ts';

/* What is other in each attempt of a batch than in another one: rows by step, columns by attempt. */

/** With which attempt each one is compared. */
export type Against = 'before' | 'first';

/** A stored value as text; `too large` where it is not compared. */
export type ValueText = string | 'too large';

/** All that is known of the attempts of a batch. */
export interface Compared {
  readonly detail: BatchDetail;
  readonly attempts: readonly ComparedAttempt[];
  /** How many attempts are left out behind the first. */
  readonly left: number;
  readonly against: Against;
  /** The items of each attempt that may have others, by attempt. */
  readonly items: ReadonlyMap<number, ValueText>;
  /** By `outputKey`. */
  readonly outputs: ReadonlyMap<string, ValueText>;
  readonly logs: readonly LogLine[];
  /** Some lines are not among them. */
  readonly hasMoreLogs: boolean;
}

export interface Column {
  readonly attempt: number;
  readonly status: BatchStatusName;
  readonly startedAt: number | undefined;
  readonly ms: number | undefined;
  /** The number of the attempt it is compared with. */
  readonly reference: number | undefined;
  /** Whether its code can be compared: false where one of the two is not on record. */
  readonly isCodeKnown: boolean;
}

/** As in an attempt on its left. */
export interface Same {
  readonly kind: 'same';
  readonly as: number;
}

export type CodeCell =
  | Same
  | { readonly kind: 'first' }
  /** The code of one of the two is not on record. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changes'; readonly changes: readonly CodeChange[] };

export interface StepCell {
  readonly word: StepStatusName | 'reused' | 'not reached';
  /** The attempt of the batch whose result was used again. */
  readonly from: number | undefined;
  readonly ms: number | undefined;
  /** How often it was tried in this attempt of the batch. */
  readonly tries: number;
}

export type OutputCell =
  | Same
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'changes'; readonly changes: readonly ValueChange[]; readonly isCut: boolean }
  | { readonly kind: 'too large' }
  | { readonly kind: 'error'; readonly error: StoredError };

export interface ComparedStep {
  readonly path: string;
  readonly steps: readonly StepCell[];
  /** Undefined where its code is the same in all attempts. */
  readonly code: readonly CodeCell[] | undefined;
  readonly outputs: readonly OutputCell[];
  /** Nothing of it differs in any attempt. */
  readonly isSame: boolean;
}

export interface TimeCell {
  readonly parts: readonly { readonly path: string; readonly status: StepStatusName; readonly ms: number }[];
  readonly ms: number | undefined;
}

export interface Comparison {
  readonly columns: readonly Column[];
  readonly left: number;
  readonly input: { readonly cells: readonly InputCell[]; readonly isSame: boolean };
  /** Changes of code that stand in no step. */
  readonly code: readonly CodeCell[] | undefined;
  readonly steps: readonly ComparedStep[];
  readonly logs: { readonly cells: readonly LogCell[]; readonly differ: number; readonly hasMore: boolean };
  readonly times: readonly TimeCell[];
  /** What is the same in all attempts. */
  readonly hidden: {
    readonly items: number;
    readonly steps: number;
    readonly outputs: number;
    readonly logLines: number;
  };
}

export function outputKey({ node, attempt }: Pick<AttemptRow, 'node' | 'attempt'>): string {
  return `${node}:${attempt}`;
}

const MOST_CHANGES = 12;

export function comparisonOf(compared: Compared): Comparison {
  const { detail, attempts, against, outputs } = compared;
  const columns = attempts.map((attempt, at) => columnOf(detail, attempt, referenceOf(attempts, at, against)));
  const numbers = columns.map(({ attempt }) => attempt);
  const input = inputCells(compared, columns);
  const steps = stepRows(detail, numbers).map(({ path, cells }): ComparedStep => {
    const steps = cells.map(stepCell);
    const code = codeCells(attempts, columns, change => change.step === path);
    const results = cells.map(cell => resultOf(cell, outputs));
    const outputCells = results.map((result, at) => outputCell(result, columns, results, at));
    const isSame =
      !code &&
      new Set(steps.map(({ word }) => (word === 'reused' ? 'succeeded' : word))).size === 1 &&
      outputCells
        .slice(1)
        .every(({ kind }, at) => kind === 'same' || (kind === 'none' && outputCells[at]?.kind === 'none'));
    return { path, steps, code, outputs: outputCells, isSame: isSame && columns.length > 1 };
  });
  const known = new Set(steps.map(({ path }) => path));
  const logs = logCells(compared.logs, detail.attempts, numbers);
  const same = steps.filter(({ isSame }) => isSame);
  return {
    columns,
    left: compared.left,
    input,
    code: codeCells(attempts, columns, ({ step }) => step === undefined || !known.has(step)),
    steps,
    logs: { cells: logs.cells, differ: logs.differ, hasMore: compared.hasMoreLogs },
    times: columns.map(({ attempt, ms }) => ({ ms, parts: partsOf(detail, attempt) })),
    hidden: {
      items: input.same,
      steps: same.length,
      outputs: same.filter(({ outputs: [first] }) => first?.kind === 'value').length,
      logLines: logs.same,
    },
  };
}

function referenceOf(attempts: readonly ComparedAttempt[], at: number, against: Against): number | undefined {
  if (at === 0) return undefined;
  return attempts[against === 'first' ? 0 : at - 1]?.attempt;
}

function columnOf(
  { batch, earlierAttempts }: BatchDetail,
  { attempt, code }: ComparedAttempt,
  reference: number | undefined,
): Column {
  const { status, startedAt, endedAt } = earlierAttempts.find(other => other.attempt === attempt) ?? batch;
  const ms = startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt;
  return { attempt, status, startedAt, ms, reference, isCodeKnown: reference === undefined || code !== undefined };
}

/** The place of the column that one is compared with. */
function placeOf(columns: readonly Column[], at: number): number {
  return columns.findIndex(({ attempt }) => attempt === columns[at]?.reference);
}

function codeCells(
  attempts: readonly ComparedAttempt[],
  columns: readonly Column[],
  isOf: (change: CodeChange) => boolean,
): readonly CodeCell[] | undefined {
  const cells = attempts.map(({ code }, at): CodeCell => {
    const reference = columns[at]?.reference;
    if (reference === undefined) return { kind: 'first' };
    if (!code) return { kind: 'unknown' };
    const changes = code.filter(isOf);
    return changes.length > 0 ? { kind: 'changes', changes } : { kind: 'same', as: reference };
  });
  return cells.some(({ kind }) => kind === 'changes') ? cells : undefined;
}

function stepCell({ attempts, reused }: StepInAttempt): StepCell {
  const last = attempts.at(-1);
  if (!last) return { word: reused ? 'reused' : 'not reached', from: reused?.batchAttempt, ms: undefined, tries: 0 };
  const ms = attempts.every(({ endedAt }) => endedAt !== undefined)
    ? attempts.reduce((total, { startedAt, endedAt = startedAt }) => total + endedAt - startedAt, 0)
    : undefined;
  // What a re-run has taken out of use later was done in its attempt.
  const word = last.status === 'superseded' ? 'succeeded' : last.status;
  return { word, from: undefined, ms, tries: attempts.length };
}

type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: StoredError }
  | { readonly kind: 'value'; readonly text: ValueText };

/** What a step came to in an attempt of its batch. */
function resultOf({ attempts, reused }: StepInAttempt, outputs: Compared['outputs']): Outcome {
  const last = attempts.at(-1) ?? reused;
  if (!last) return { kind: 'none' };
  const text = outputs.get(outputKey(last));
  if (text !== undefined) return { kind: 'value', text };
  return last.error && last.status !== 'succeeded' ? { kind: 'error', error: last.error } : { kind: 'none' };
}

function outputCell(result: Outcome, columns: readonly Column[], results: readonly Outcome[], at: number): OutputCell {
  const as = columns[at]?.reference;
  const before = results[placeOf(columns, at)];
  if (result.kind === 'none') return result;
  if (result.kind === 'error') {
    const isSame = before?.kind === 'error' && before.error.message === result.error.message;
    return isSame && as !== undefined ? { kind: 'same', as } : result;
  }
  if (result.text === 'too large') return { kind: 'too large' };
  if (as === undefined || !before) return { kind: 'value', text: brief(result.text) };
  if (before.kind === 'value' && before.text === 'too large') return { kind: 'too large' };
  if (before.kind === 'value' && flat(before.text) === flat(result.text)) return { kind: 'same', as };
  // Of an object that was not there, its members are told.
  const was = before.kind === 'value' ? before.text : result.text.trimStart().startsWith('{') ? '{}' : undefined;
  const changes = valueChanges(was, result.text, MOST_CHANGES + 1);
  return { kind: 'changes', changes: changes.slice(0, MOST_CHANGES), isCut: changes.length > MOST_CHANGES };
}

function partsOf({ attempts }: BatchDetail, number: number): TimeCell['parts'] {
  return attempts
    .filter(({ batchAttempt }) => batchAttempt === number)
    .map(({ path, status, startedAt, endedAt = startedAt }) => ({
      path,
      status: status === 'superseded' ? 'succeeded' : status,
      ms: endedAt - startedAt,
    }));
}
