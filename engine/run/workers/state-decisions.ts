import { decode, encode } from '../../store/codec.ts';
import type { StateWrite } from '../../store/records.ts';
import type { RunState } from '../run-state.ts';
import { overwritten } from '../state.ts';
import type { CommitAnswer, StateAuthor, StateIntent } from './protocol.ts';

/** What the runner makes of a step's writes: into its state, and to be stored. Nothing where they are to be computed again. */
export interface StateDecision {
  readonly answer: CommitAnswer;
  readonly writes: readonly StateWrite[];
}

/**
 * Applies what a step in a worker writes into the state, or nothing of it: where an `update` was computed from a value that
 * has changed, or where an `incr` finds something else than a number, the worker computes again, and may fail.
 */
export function decide(state: RunState, author: StateAuthor, intents: readonly StateIntent[]): StateDecision {
  const values = intents.map(intent => valueNow(state, intent));
  if (values.includes(STALE))
    return { answer: { accepted: false, entries: intents.map(({ key }) => state.told(key)) }, writes: [] };
  const writes = intents.map((intent, at): StateWrite => {
    const { key, op, read, delta, adds } = intent;
    const value = textOf(values[at]);
    const lost = read === undefined ? undefined : overwritten(state, key, read, author);
    const { scope, node, attempt, within } = author;
    const version = state.put(key, value, { scope, node, attempt, within });
    return { key, op, value, version, delta, adds, lost };
  });
  return { answer: { accepted: true, entries: intents.map(({ key }) => state.told(key)) }, writes };
}

const STALE = Symbol('stale');

function valueNow(state: RunState, { key, op, text, by, base }: StateIntent): string | null | typeof STALE {
  if (op === 'update') return state.version(key) === base ? text : STALE;
  if (op !== 'incr' || by === undefined) return text;
  const current = state.entry(key);
  const number = current === undefined ? 0 : decode(current.text);
  return typeof number === 'number' ? encode(number + by, key) : STALE;
}

function textOf(value: string | null | symbol | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
