import type { StoredError, StoredReason } from '../../common/stored-error.ts';
import { stackParts, type StackPart } from './stack-frames.ts';

/** A part of a stack that is no head. */
export type FramePart = Exclude<StackPart, { kind: 'head' }>;

interface Section {
  /** `Error: disk full`; empty for the error itself. */
  readonly head: string;
  readonly frames: readonly FramePart[];
}

/** The frames of an error and of each reason behind it. `rest`: those of reasons that are not told, such as the middle of a long chain. */
export interface ErrorFrames {
  readonly of: ReadonlyMap<StoredReason, readonly FramePart[]>;
  readonly rest: readonly Section[];
}

/** So much of a message says whose frames they are. */
const COMPARED = 60;
const HEAD = /^(?:Caused by|Error \d+ of \d+): (?<who>.*)$/s;

/** A stack has one after the other what the error has as a tree: its own frames, and those of its causes and members. */
export function framesOf(error: StoredError): ErrorFrames {
  const [own, ...others] = sectionsOf(error.stack ?? '');
  const of = new Map<StoredReason, readonly FramePart[]>();
  if (own) of.set(error, own.frames);
  const left = [...others];
  for (const reason of reasonsOf(error)) {
    const at = left.findIndex(({ head }) => isHeadOf(head, reason));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found) of.set(reason, found.frames);
  }
  return { of, rest: left };
}

function sectionsOf(stack: string): Section[] {
  const sections: { head: string; frames: FramePart[] }[] = [{ head: '', frames: [] }];
  for (const part of stackParts(stack)) {
    if (part.kind !== 'head') sections.at(-1)?.frames.push(part);
    else {
      // Others are lines of a message that has several.
      const who = HEAD.exec(part.text)?.groups?.who;
      if (who !== undefined) sections.push({ head: who, frames: [] });
    }
  }
  return sections;
}

/** The reasons behind an error, those of one depth after the other, as its stack has them. */
function* reasonsOf(error: StoredError): Generator<StoredReason> {
  const waiting: StoredReason[] = [error];
  for (let reason = waiting.shift(); reason; reason = waiting.shift()) {
    if (reason !== error) yield reason;
    if (reason.cause) waiting.push(reason.cause);
    waiting.push(...(reason.errors ?? []));
  }
}

function isHeadOf(head: string, { name, message }: StoredReason): boolean {
  const [line = ''] = message.replaceAll(/[\u2068\u2069]/g, '').split('\n');
  return head.startsWith(name) && head.includes(line.slice(0, COMPARED).trim());
}
