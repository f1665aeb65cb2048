import type { Point } from '../../engine/failpoints.ts';
import type { Random } from './plan.ts';
import type { Task } from './shell.ts';
import type { Whom } from './world.ts';

/* Whom a kill hits, and when. */

/** When a kill comes. */
type When =
  | { readonly kind: 'point'; readonly point: Point; readonly times: number }
  /** At so many lines that the runner has noted, and how soon after. */
  | { readonly kind: 'line'; readonly line: number; readonly after: 'now' | 'microtask' | 'turn' | number }
  /** From outside, milliseconds after the shell was told what to do. */
  | { readonly kind: 'time'; readonly ms: number };

export interface Kill {
  readonly whom: Whom;
  readonly when: When;
}

interface Chances {
  /** A line that is likely to be come to. */
  readonly someLine: () => number;
  /** How many steps may be at work at one moment. */
  readonly most: number;
  /** Whether a re-run of all batches is written in pages. */
  readonly isPaged: boolean;
}

/** A kill of a process that is about to begin a task. */
export function randomKill(random: Random, task: Task, { someLine, most, isPaged }: Chances): Kill {
  const whom = random.pick(['runner', 'runner', 'runner', 'parent', 'both'] as const);
  if (isPaged && task.kind === 'rerun' && task.batches === 'all' && random.chance(0.7)) {
    const point = random.pick(['rerun-page-kept', 'rerun-page-written'] as const);
    return { whom, when: { kind: 'point', point, times: random.int(1, 2) } };
  }
  const begin =
    task.kind === 'rerun'
      ? (['before-rerun', 'after-rerun', 'taking-up', 'taken-up'] as const)
      : task.kind === 'start'
        ? (['before-migration', 'in-migration', 'after-migration', 'taking-up', 'taken-up'] as const)
        : (['taking-up', 'taken-up'] as const);
  switch (
    random.pick([
      'line',
      'line',
      'line',
      'line',
      'commit',
      'commit',
      'commit',
      'begin',
      'cut',
      'end',
      'time',
      'time',
    ] as const)
  ) {
    case 'line':
      return {
        whom,
        when: {
          kind: 'line',
          line: someLine(),
          after: random.pick(['now', 'microtask', 'turn', 1, 2, random.int(3, 40)] as const),
        },
      };
    case 'commit':
      return {
        whom,
        when: {
          kind: 'point',
          point: random.pick(['before-commit', 'in-transaction', 'after-commit'] as const),
          times: 1 + Math.floor(someLine() / (1 + most)),
        },
      };
    case 'begin':
      return { whom, when: { kind: 'point', point: random.pick<Point>(begin), times: 1 } };
    case 'cut':
      return { whom, when: { kind: 'point', point: 'batch-created', times: random.int(1, 8) } };
    case 'end':
      return {
        whom,
        when: { kind: 'point', point: random.pick(['before-end', 'in-end', 'after-end'] as const), times: 1 },
      };
    case 'time':
      return { whom, when: { kind: 'time', ms: random.int(0, random.pick([60, 300, 500, 700])) } };
  }
}

/** What makes the processes of a task kill themselves there. @param note File that says that a step did it */
export function environmentOf(kill: Kill | undefined, note: string): Record<string, string> {
  if (!kill) return {};
  const { when, whom } = kill;
  switch (when.kind) {
    case 'point':
      return { CRONFLOW_CRASH_AT: `${when.point}:${when.times}:${whom}` };
    case 'line':
      return { CRASH_LINE: `${when.line} ${whom} ${when.after} ${note}` };
    case 'time':
      return {};
  }
}

/** In words for the table of kills. */
export function whereOf({ when }: Kill, task: Task): string {
  const during = task.kind === 'rerun' ? ' (re-run)' : task.kind === 'resume' ? ' (resume)' : '';
  switch (when.kind) {
    case 'point':
      return `${when.point}${during}`;
    case 'line':
      return `step${during}`;
    case 'time':
      return `any time${during}`;
  }
}
