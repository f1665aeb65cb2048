import { parseExpression } from '../../common/expression/parse.ts';
import { DataValues, type DataClasses } from '../model/data-classes.ts';
import { api } from './host.ts';
import { toProblem } from './notice.ts';
import { studio } from './studio.ts';

/** An expression that is asked of all batches of a map. */
export interface Asked {
  readonly run: number;
  readonly node: number;
  readonly expression: string;
}

export interface Evaluation extends Asked {
  readonly state: 'running' | 'ended' | 'stopped' | 'failed';
  /** When it began. */
  readonly at: number;
  /** How many batches have been looked at. */
  readonly done: number;
  readonly total: number;
  /** Why it failed. */
  readonly message?: string;
  /** What it came to, as far as it came. */
  readonly found?: DataClasses;
}

/** Different values with a colour of their own, and ranges of numbers. */
const CLASSES = { most: 10, ranges: 6 } as const;
const TELL_EVERY_MS = 250;

/** The one that goes on is the last that was begun: the others have no one to show them. */
let latest = 0;

/**
 * Asks the host page after page, each in the thread of its store, until all batches have been looked at or someone stops it. A page
 * that is closed asks for nothing more.
 */
export async function evaluate(asked: Asked): Promise<void> {
  latest += 1;
  const token = latest;
  const values = new DataValues();
  const at = Date.now();
  const totalNow = () => studio.getState().model?.maps.get(asked.node)?.length ?? 0;
  const tell = (news: Pick<Evaluation, 'state' | 'message' | 'found'>) =>
    studio.setState({
      evaluation: { ...asked, at, done: values.length, total: Math.max(values.length, totalNow()), ...news },
    });
  try {
    parseExpression(asked.expression);
    tell({ state: 'running' });
    let told = performance.now();
    for (let from: number | null = 0; from !== null;) {
      const page: Awaited<ReturnType<ReturnType<typeof api>['evaluateBatches']>> = await api().evaluateBatches({
        ...asked,
        from,
      });
      if (token !== latest) return;
      values.add(page, totalNow());
      from = page.next;
      if (studio.getState().evaluation?.state === 'stopped') break;
      if (performance.now() - told < TELL_EVERY_MS) continue;
      told = performance.now();
      tell({ state: 'running' });
    }
    const isStopped = studio.getState().evaluation?.state === 'stopped';
    tell({ state: isStopped ? 'stopped' : 'ended', found: values.classes(CLASSES) });
  } catch (error) {
    if (token === latest) tell({ state: 'failed', message: toProblem(error).message });
  }
}

/** What it has found so far is shown. */
export function stopEvaluation(): void {
  studio.setState(({ evaluation }) => ({ evaluation: evaluation && { ...evaluation, state: 'stopped' } }));
}

export function forgetEvaluation(): void {
  latest += 1;
  studio.setState({ evaluation: undefined });
}
