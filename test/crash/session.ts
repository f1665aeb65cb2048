import type { Kill } from './kill.ts';
import type { Needed } from './edits.ts';
import type { Answer, Order, Task } from './shell.ts';

/* What one of a trial does: who is asked for what, and who is killed while it is done. */

export interface Session extends Order {
  readonly shell: 'command line' | 'container' | 'host' | 'none';
  readonly kill?: Kill | undefined;
  /** Another command line that wants the same at the same moment, in a container in some trials. */
  readonly hasRival?: boolean;
}

/** A task under the names that nodes have now. */
export function underNewNames(task: Task, { answers: { renamed = [] } }: Needed): Task {
  if (task.kind !== 'rerun' || task.node === undefined) return task;
  return { ...task, node: renamed.find(({ from }) => from === task.node)?.to ?? task.node };
}

/** Who died, as far as that can be told from what is left. */
export function whomOf({ shell, kill }: Session, answer: Answer): string {
  if (!answer.shellKilled) return 'runner';
  return kill?.whom === 'both' ? `${shell} and runner` : shell;
}

export function describe({ shell, task, kill, pauseAfter, hasRival }: Session): string {
  const what = task.kind === 'rerun' ? `rerun ${task.node ?? ''} ${String(task.batches)}` : task.kind;
  const beside = hasRival ? ' beside another' : '';
  const then = pauseAfter === undefined ? '' : `, paused after ${pauseAfter} ms`;
  return `${shell ?? ''}: ${what}${beside}${then}${kill ? `, kills ${kill.whom} at ${Object.values(kill.when).join(' ')}` : ''}`;
}
