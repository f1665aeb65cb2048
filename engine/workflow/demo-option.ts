import { drawnNodes, type GraphNode } from '../../common/graph.ts';
import { hasBatches } from '../../common/node-kinds.ts';
import { idOf, pathsAround } from '../../common/node-paths.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import { WorkflowError, describeValue } from './errors.ts';
import { nearest } from './nearest.ts';
import { asOptions, parseDuration, rejectUnknown } from './options.ts';

/** How a workflow is shown to others: the option `demo` of `define`, checked and with its defaults. */
export interface DemoOptions {
  /** Another seed chooses other batches. */
  readonly seed: string;
  /** About how long each attempt of a step takes longer, in milliseconds. */
  readonly pace: number;
  readonly fail: readonly DemoFailure[];
  readonly payload: unknown;
}

/** Batches in which a step fails. */
export interface DemoFailure {
  /** The path of a step, or its id where no other step has it. */
  readonly step: string;
  readonly in: FailingBatches;
  /** What the step throws: a text is the message of an error. */
  readonly error: string | Error;
}

export type FailingBatches =
  | { readonly kind: 'all' }
  /** By their index. */
  | { readonly kind: 'some'; readonly batches: ReadonlySet<number> }
  /** So many of all, which the seed chooses: from 0 to 1. */
  | { readonly kind: 'share'; readonly share: number };

/** @throws WorkflowError */
export function demoOption(value: unknown, workflow: string, at: SourceLocation | undefined): DemoOptions | undefined {
  if (value === undefined) return undefined;
  const what = `${workflow}: demo`;
  const { seed = 1, pace = 0, fail = [], payload, ...others } = asOptions(value, what, at);
  rejectUnknown(others, ['seed', 'pace', 'fail', 'payload'], what, at);
  if (typeof seed !== 'string' && !(typeof seed === 'number' && Number.isFinite(seed)))
    throw new WorkflowError(`${what}.seed is ${describeValue(seed)}. It is a number or a text.`, at);
  if (!Array.isArray(fail))
    throw new WorkflowError(
      `${what}.fail is ${describeValue(fail)}. It is a list, such as [{ step: 'clean/tidy', batches: [3, 7], error: 'No answer' }].`,
      at,
    );
  return {
    seed: String(seed),
    pace: parseDuration(pace, `${what}.pace`, at),
    fail: fail.map((failure, index) => failureOf(failure, `${what}.fail[${index}]`, at)),
    payload,
  };
}

function failureOf(value: unknown, what: string, at: SourceLocation | undefined): DemoFailure {
  const options = asOptions(value, what, at);
  rejectUnknown(options, ['step', 'batches', 'share', 'error'], what, at);
  const { step, batches, share, error } = options;
  if (typeof step !== 'string' || step === '')
    throw new WorkflowError(
      `${what}.step is ${describeValue(step)}. It names the step that fails, such as 'clean/tidy'.`,
      at,
    );
  if (!(typeof error === 'string' && error.trim() !== '') && !(error instanceof Error))
    throw new WorkflowError(
      `${what}.error is ${describeValue(error)}. It is what the step throws: a message or an error.`,
      at,
    );
  if (batches !== undefined && share !== undefined)
    throw new WorkflowError(`${what} has batches and share. Both say which batches fail: give one of them.`, at);
  return { step, in: failingBatches(batches, share, what, at), error };
}

function failingBatches(
  batches: unknown,
  share: unknown,
  what: string,
  at: SourceLocation | undefined,
): FailingBatches {
  if (share !== undefined) {
    if (typeof share !== 'number' || !(share > 0 && share <= 1))
      throw new WorkflowError(
        `${what}.share is ${describeValue(share)}. It is a part of all batches: above 0, and at most 1.`,
        at,
      );
    return { kind: 'share', share };
  }
  if (batches === undefined) return { kind: 'all' };
  if (!Array.isArray(batches) || batches.length === 0)
    throw new WorkflowError(
      `${what}.batches is ${describeValue(batches)}. It is a list of indices from 0, such as [3, 7].`,
      at,
    );
  const wrong = batches.findIndex(index => !(Number.isSafeInteger(index) && index >= 0));
  if (wrong !== -1)
    throw new WorkflowError(
      `${what}.batches[${wrong}] is ${describeValue(batches[wrong])}. It is the index of a batch: 0, 1, 2 …`,
      at,
    );
  return { kind: 'some', batches: new Set(batches as number[]) };
}

/**
 * Checks that the steps of a demo are steps of its workflow. A body that could not be drawn may have any steps.
 * @throws WorkflowError
 */
export function checkDemoSteps(
  { fail }: DemoOptions,
  nodes: readonly GraphNode[],
  workflow: string,
  at: SourceLocation | undefined,
): void {
  const all = [...drawnNodes(nodes)];
  const steps = all.filter(({ kind }) => kind === 'step' || kind === 'action').map(({ path }) => path);
  const batchNodes = new Set(all.filter(({ kind }) => hasBatches(kind)).map(({ path }) => path));
  const isAllDrawn = all.every(({ body }) => body === undefined || body.drawn);
  for (const [index, { step, in: where }] of fail.entries()) {
    const what = `${workflow}: demo.fail[${index}]`;
    const found = steps.filter(path => isStepNamed(path, step));
    const [path, ...others] = found.includes(step) ? [step] : found;
    if (path === undefined) {
      if (isAllDrawn) throw new WorkflowError(`${what}.step: ${noStep(step, all, steps)}`, at);
    } else if (others.length > 0)
      throw new WorkflowError(
        `${what}.step: several steps have the id ${describeValue(step)}. Write one with what it stands in: ${found.join(' or ')}.`,
        at,
      );
    else if (where.kind !== 'all' && ![...pathsAround(path)].some(outer => batchNodes.has(outer)))
      throw new WorkflowError(
        `${what} says in which batches ${describeValue(step)} fails, and that step is in no batch. Leave out ${where.kind === 'share' ? 'share' : 'batches'}.`,
        at,
      );
  }
}

/** Whether a step is the one that a demo names: by its path, or by its id alone. */
export function isStepNamed(path: string, name: string): boolean {
  return path === name || idOf(path) === name;
}

function noStep(step: string, all: readonly GraphNode[], steps: readonly string[]): string {
  const other = all.find(({ path }) => isStepNamed(path, step));
  if (other) return `${describeValue(step)} is a ${other.kind}, not a step. Name a step in it.`;
  const near = nearest(step, steps) ?? steps.find(path => idOf(path) === nearest(step, steps.map(idOf)));
  return `there is no step ${describeValue(step)}. ${near === undefined ? `There are ${steps.join(', ') || 'none'}.` : `Did you mean ${describeValue(near)}?`}`;
}
