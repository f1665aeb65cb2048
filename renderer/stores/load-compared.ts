import type { AttemptRow, ShownValue } from '../../host/api/api.ts';
import { outputKey, type Against, type Compared, type ValueText } from '../model/compare/comparison.ts';
import { stepRows } from '../model/compare/step-rows.ts';
import { api } from './host.ts';

/** In characters: comparing more takes a moment. */
const LARGEST = 2_000_000;
const MOST_LINES = 1_000;
/** Requests at a time: others wait for the host, too. */
const AT_A_TIME = 8;

interface BatchAt {
  readonly run: number;
  readonly node: number;
  readonly index: number;
  readonly parent: number | undefined;
}

/** All that Compare shows of a batch; undefined where there is no such batch. */
export async function loadCompared(at: BatchAt, against: Against): Promise<Compared | undefined> {
  const { run } = at;
  const found = await api().findBatch(at);
  if (!found) return undefined;
  const { scope } = found;
  const [detail, { attempts, left }, { lines, more }] = await Promise.all([
    api().getBatch({ run, scope }),
    api().compareAttempts({ run, scope, against }),
    api().getLogs({ run, scope, limit: MOST_LINES }),
  ]);
  const numbers = attempts.map(({ attempt }) => attempt);
  // Behind attempts that are left out, one may have the items of one of these.
  const withItems = attempts.filter(
    ({ attempt, input }, index) => input !== 'same' || attempt !== (numbers[index - 1] ?? 0) + 1,
  );
  const items = new Map<number, ValueText>();
  const outputs = new Map<string, ValueText>();
  const wanted = [
    ...withItems.map(({ attempt }) => async () => {
      items.set(attempt, await textOf(full => api().getItems({ run, scope, attempt, full })));
    }),
    ...shownSteps(detail.attempts, numbers).map(step => async () => {
      const { node, attempt } = step;
      outputs.set(
        outputKey(step),
        await textOf(full => api().getOutput({ run, scope: step.scope, node, attempt, full })),
      );
    }),
  ];
  await all(wanted);
  return { detail, attempts, left, against, items, outputs, logs: lines, hasMoreLogs: more };
}

/** The attempts of steps that say what became of each in each attempt of the batch. */
function shownSteps(attempts: readonly AttemptRow[], numbers: readonly number[]): AttemptRow[] {
  const shown = stepRows({ attempts }, numbers).flatMap(({ cells }) =>
    cells.flatMap(({ attempts: own, reused }): readonly AttemptRow[] =>
      [own.at(-1) ?? reused].filter(step => step !== undefined),
    ),
  );
  return [...new Set(shown)].filter(({ outputSize }) => outputSize !== undefined);
}

async function textOf(request: (full: boolean) => Promise<ShownValue>): Promise<ValueText> {
  const first = await request(false);
  const { json, truncated } = first.truncated && first.size <= LARGEST ? await request(true) : first;
  return truncated ? 'too large' : json;
}

async function all(requests: readonly (() => Promise<void>)[]): Promise<void> {
  const left = requests.values();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const request of left) await request();
    }),
  );
}
