import { counted, number, type Unit } from '../../../common/format.ts';
import type { BatchStatusName } from '../../../common/status.ts';
import type { CodeChange } from '../../../host/api/api.ts';
import type { Comparison } from './comparison.ts';

const LINE: Unit = ['line of code', 'lines of code'];
const VALUE: Unit = ['value of the input', 'values of the input'];
const MOST_TOLD = 2;

/** What has changed before the latest attempt, and what came of it: never because of what. @param titleOf A node's title by its path */
export function comparisonSentence(comparison: Comparison, titleOf: (path: string) => string): string {
  const last = comparison.columns.at(-1);
  if (!last) return '';
  const { attempt, reference, status } = last;
  if (reference === undefined) return 'There is one attempt so far: nothing to compare it with.';
  const said = `Attempt ${number(attempt)} ${WORDS[status]}`;
  const { changed, isCodeKnown } = changesBefore(comparison);
  const since = reference === attempt - 1 ? '' : ` since attempt ${number(reference)}`;
  const first =
    changed.length > 0
      ? `${said} after ${changed.join(' and ')} ${isOne(changed) ? 'was' : 'were'} changed${since}.`
      : isCodeKnown
        ? `${said}. Neither its code nor its input was changed${since}.`
        : `${said}. Its input was not changed${since}.`;
  const unknown = isCodeKnown
    ? []
    : [`The code of attempt ${number(reference)} or ${number(attempt)} is not on record.`];
  return [first, ...unknown, ...outcomes(comparison, titleOf)].join(' ');
}

const WORDS = {
  waiting: 'has not begun yet',
  running: 'is running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  retrying: 'waits for its next attempt',
  superseded: 'was taken out of use',
  setAside: 'has nothing to execute: all its items are set aside',
} as const satisfies Record<BatchStatusName, string>;

function isOne(changed: readonly string[]): boolean {
  return changed.length === 1 && changed[0]?.startsWith('1 ') === true;
}

function changesBefore({ columns, input, code, steps }: Comparison): { changed: string[]; isCodeKnown: boolean } {
  const cells = [code, ...steps.map(step => step.code)].map(all => all?.at(-1));
  const changes = cells.flatMap((cell): readonly CodeChange[] => (cell?.kind === 'changes' ? cell.changes : []));
  const lines = changes.reduce((total, change) => total + change.lines, 0);
  const cell = input.cells.at(-1);
  const changed = [
    ...(lines > 0 ? [counted(lines, LINE)] : []),
    ...(cell?.kind === 'changes' ? [inputText(cell.diff)] : cell?.kind === 'too large' ? ['its input'] : []),
  ];
  return { changed, isCodeKnown: columns.at(-1)?.isCodeKnown === true };
}

function inputText({
  changes,
  items,
  counts: [before, after],
}: {
  changes: readonly unknown[];
  items: number;
  counts: readonly [number, number];
}): string {
  const isWholeItems = before !== after;
  return isWholeItems ? counted(items, ['item of the input', 'items of the input']) : counted(changes.length, VALUE);
}

/** Figures that rose or fell, and else how much differs. */
function outcomes({ steps, columns }: Comparison, titleOf: (path: string) => string): string[] {
  const reference = columns.at(-1)?.reference ?? 1;
  const moved = steps.flatMap(({ path: step, outputs }) => {
    const cell = outputs.at(-1);
    if (cell?.kind !== 'changes') return [];
    return cell.changes.flatMap(({ path, by }) =>
      by === undefined || by === 0
        ? []
        : [
            `In ${titleOf(step)}, ${path === '' ? 'the output' : path} ${by > 0 ? 'rose' : 'fell'} by ${number(Math.abs(by))}.`,
          ],
    );
  });
  if (moved.length > 0) return moved.slice(0, MOST_TOLD);
  const again = steps.find(
    ({ outputs, steps: cells }) => outputs.at(-1)?.kind === 'same' && cells.at(-1)?.word === 'failed',
  );
  return again ? [`It failed as attempt ${number(reference)} did, in ${titleOf(again.path)}.`] : [];
}
