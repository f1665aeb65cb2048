import { counted, type Unit } from '../../common/format.ts';
import { nameBefore, storedWorkText } from '../../common/changed-work.ts';
import { hasBatches, hasRounds, partOf } from '../../common/node-kinds.ts';
import { label } from './shown-text.ts';
import type { ChangedWork, NodeAnswers } from '../../host/api/api.ts';

/* What becomes of stored work whose node has changed: what a person is asked, and what has been answered. */

export type WorkAnswer = { readonly kind: 'renamed'; readonly to: string } | { readonly kind: 'discard' };

/** Answers are by `keyOf` the work. */
export interface Questions {
  readonly works: readonly ChangedWork[];
  readonly answers: ReadonlyMap<string, WorkAnswer>;
}

/** Of one `if`, several ways may be lost. */
export function keyOf({ path, way }: ChangedWork): string {
  return JSON.stringify([path, way]);
}

export const NO_QUESTIONS: Questions = { works: [], answers: new Map() };

/** After a refusal: what it names is asked, also where it was answered before; other answers stay. */
export function asked({ works, answers }: Questions, refused: readonly ChangedWork[]): Questions {
  const again = new Map(refused.map(work => [keyOf(work), work]));
  const answered = new Map([...answers].filter(([key]) => !again.has(key)));
  const known = new Set(works.map(keyOf));
  return {
    works: [
      ...works.flatMap(work => again.get(keyOf(work)) ?? (answered.has(keyOf(work)) ? work : [])),
      ...refused.filter(work => !known.has(keyOf(work))),
    ],
    answers: answered,
  };
}

export function answered({ works, answers }: Questions, work: ChangedWork, answer: WorkAnswer): Questions {
  return { works, answers: new Map(answers).set(keyOf(work), answer) };
}

export function areAllAnswered({ works, answers }: Questions): boolean {
  return works.every(work => answers.has(keyOf(work)));
}

export function nodeAnswers({ works, answers }: Questions): NodeAnswers {
  const renamed: { from: string; to: string }[] = [];
  const discard = new Set<string>();
  for (const work of works) {
    const answer = answers.get(keyOf(work));
    if (answer?.kind === 'renamed') renamed.push({ from: nameBefore(work), to: answer.to });
    else if (answer) discard.add(work.path);
  }
  return { ...(renamed.length > 0 && { renamed }), ...(discard.size > 0 && { discard: [...discard] }) };
}

/** What it may be now: two cannot be the same one. */
export function freeCandidates({ answers }: Questions, work: ChangedWork): readonly string[] {
  const own = keyOf(work);
  const taken = new Set(
    [...answers].flatMap(([key, answer]) => (key !== own && answer.kind === 'renamed' ? [answer.to] : [])),
  );
  return work.candidates.filter(path => !taken.has(path));
}

/** What has happened to a node, and what is stored of it. @param title How it is shown */
export function changeText(work: ChangedWork, title: string): string {
  const stored = storedWorkText(work);
  switch (work.now) {
    case 'gone':
      return `The ${work.kind} “${title}” (${stored}) is not in the file any more.`;
    case 'another kind':
      return `“${title}” (${stored}) was a ${work.kind} and is a ${work.kindNow} now.`;
    case 'another member':
      return `“${title}” (${stored}) is a member of a list that has more or fewer members than before. It may be another one now.`;
    case 'lost way':
      return `“${title}” (${stored}) took the way “${label(work.way ?? '', 200)}”, which is not in the file any more.`;
  }
}

const RESULT: Unit = ['result', 'results'];
const ROUND: Unit = ['round', 'rounds'];

/** What is lost when it is discarded. */
export function lossText({ kind, now, batches, results, candidates }: ChangedWork): string {
  if (now === 'lost way') return 'The condition is asked again, and may go another way.';
  const hasScopes = hasBatches(kind) || hasRounds(kind);
  const done = hasScopes ? batches.succeeded : results;
  const record = 'Its attempts, outputs and errors stay on record.';
  if (done === 0) return `Nothing of it has succeeded. ${record}`;
  const what = hasScopes
    ? `${counted(done, hasRounds(kind) ? ROUND : partOf(kind))} that succeeded`
    : counted(done, RESULT);
  const again =
    now === 'gone' && candidates.length === 0
      ? 'Nothing in the file does this work again.'
      : 'What this work did is done a second time.';
  return `You lose ${what}. ${again} ${record}`;
}
