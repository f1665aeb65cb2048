import { clock } from '../../../common/format.ts';
import { lineDiff } from '../../../common/line-diff.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { readSourceIfThere } from '../../load/code-changes.ts';
import { shownLocation } from '../../paths.ts';
import type { Answer } from '../../run/probe/answer.ts';
import type { StoredVersion } from '../../store/code-versions.ts';
import type { startRunner } from '../parent.ts';
import type { ProbeTask } from '../protocol.ts';
import { NotProbed, ProbeProcess } from './probe-process.ts';

/** Whether the code or the data is at fault, as far as three probes tell. */
export type Verdict = 'code' | 'data' | 'undecided' | 'passes';

/** What the probes have come to. */
export interface Asked {
  /** The item with the code as it is now. */
  readonly today: Answer;
  /** An item that has passed, with the code as it is now; undefined where there is none. */
  readonly good: Answer | undefined;
  /** The item with another version of the code with which items have passed. */
  readonly before:
    | { readonly kind: 'tried'; readonly answer: Answer; readonly version: string; readonly changed: readonly string[] }
    /** It cannot be loaded. */
    | { readonly kind: 'refused'; readonly version: string; readonly why: string }
    /** None is stored. */
    | { readonly kind: 'none' };
}

export interface CodeOrData {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly text: string;
}

export interface ItemsToJudge extends Pick<Asked, 'today' | 'good'> {
  readonly scope: number;
  /** Their indices among the items that the batch has now. */
  readonly indices: readonly number[];
  /** The other version of the code to try; undefined where none is stored. */
  readonly version: StoredVersion | undefined;
  readonly task: ProbeTask;
  readonly start: typeof startRunner;
  readonly limitMs: number;
}

/** Tries items that fail with another version of the code, too, and says what that tells. */
export async function codeOrData(of: ItemsToJudge): Promise<CodeOrData> {
  const { today, good, version } = of;
  const before = today.passed || !version ? ({ kind: 'none' } as const) : await tried(of, version);
  return judge({ today, good, before });
}

async function tried(
  { scope, indices, task, start, limitMs }: ItemsToJudge,
  { run, session, at, sources }: StoredVersion,
): Promise<Asked['before']> {
  const version = `the version of run ${run} (${clock(at)})`;
  const process = new ProbeProcess({ ...task, version: { run, session } }, start);
  try {
    await process.open(scope);
    const answer = await process.probe(indices, false, limitMs);
    return { kind: 'tried', answer, version, changed: await changedPlaces(sources) };
  } catch (error) {
    if (error instanceof NotProbed) return { kind: 'refused', version, why: error.problem.message };
    throw error;
  } finally {
    process.end();
  }
}

function judge({ today, good, before }: Asked): CodeOrData {
  if (today.passed) return { verdict: 'passes', text: 'The item passes with the code as it is now.' };
  const said = (verdict: Verdict, text: string): CodeOrData => ({ verdict, text });
  if (before.kind === 'tried' && passes(before.answer)) {
    const changed = before.changed.length > 0 ? `; what changed: ${before.changed.join(', ')}` : '';
    return said('code', `Code: it passes with ${before.version}${changed}.`);
  }
  if (good && !good.passed)
    return isSame(good, today.error)
      ? said('code', 'Code: as the code is now, an item that had passed fails with the same error.')
      : said('undecided', 'Undecided: an item that had passed fails now, too, with another error.');
  if (good === undefined || !passes(good))
    return said('undecided', 'Undecided: no item of another batch has passed that it could be compared with.');
  if (before.kind === 'none')
    return said(
      'data',
      'Data: the same code passes other items. No other version of it is stored that could be tried.',
    );
  if (before.kind === 'refused')
    return said(
      'undecided',
      `Undecided: the same code passes other items, but ${before.version} cannot be tried: ${before.why}`,
    );
  if (before.answer.passed)
    return said(
      'undecided',
      `Undecided: with ${before.version} it passes up to an effect, which a probe does not execute.`,
    );
  return said('data', `Data: the same code passes other items, and this one fails with ${before.version} as well.`);
}

function passes(answer: Answer): boolean {
  return answer.passed && answer.needsEffect === undefined;
}

function isSame(answer: Answer, { fingerprint }: StoredError): boolean {
  return !answer.passed && answer.error.fingerprint === fingerprint;
}

const MOST_CHANGES = 5;

/** Where the files of a version are other ones now: `films.ts:12–15`. */
async function changedPlaces(sources: readonly { readonly path: string; readonly text: string }[]): Promise<string[]> {
  const places: string[] = [];
  for (const { path, text } of sources) {
    const now = await readSourceIfThere(path);
    if (now === undefined || now === text) continue;
    for (const { line, added } of lineDiff(text, now)) {
      const last = line + added.length - 1;
      places.push(last > line ? `${shownLocation(path, line)}–${last}` : shownLocation(path, line));
    }
  }
  return places.length > MOST_CHANGES
    ? [...places.slice(0, MOST_CHANGES), `and ${places.length - MOST_CHANGES} more places`]
    : places;
}
