import { createHost } from '../../host/host.ts';
import type { Args, Problem, RunItem } from '../../host/api/api.ts';

/*
 * The app's host in a process of its own, as `cronflow serve` has it, that can be killed: does one thing at a time with
 * a run, and says how it came out.
 */

export type HostTask =
  | { readonly kind: 'start'; readonly file: string }
  | { readonly kind: 'resume'; readonly run: number }
  | { readonly kind: 'rerun'; readonly run: number; readonly request: Args<'rerun'>['request'] };

export interface HostOrder {
  readonly task: HostTask;
  /** What the environment of its runners is to have beside that of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after it has begun, it is paused. */
  readonly pauseAfter?: number | undefined;
}

export type HostAnswer = { readonly item: RunItem } | { readonly problem: Problem } | { readonly defect: string };

const host = await createHost({
  folder: process.argv[2] ?? '.',
  trustForThisLaunch: true,
  shell: 'browser',
  onDefect: error => tell({ defect: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
});
let onNews: (() => void) | undefined;
const { api } = host.open(event => {
  if (event === 'onRun') onNews?.();
});

process.on('message', (order: HostOrder) => void perform(order));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function perform({ task, env, pauseAfter }: HostOrder): Promise<void> {
  Object.assign(process.env, env);
  const begun = await begin(task);
  for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name);
  if ('problem' in begun) return tell(begun);
  if (pauseAfter !== undefined) setTimeout(() => void api.stopRun({ run: begun.run, as: 'paused' }), pauseAfter);
  for (;;) {
    const item = (await api.listRuns({ limit: 10 })).find(({ run }) => run === begun.run);
    if (item && item.status !== 'running' && item.status !== 'damaged') return tell({ item });
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, 100);
      onNews = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function begin(task: HostTask): Promise<{ run: number } | { problem: Problem }> {
  switch (task.kind) {
    case 'start': {
      const { file } = task;
      while (!(await api.getWorkspace({})).files.some(known => known.file === file && known.graphs.length > 0))
        await new Promise(resolve => {
          setTimeout(resolve, 20);
        });
      const begun = await api.startRun({ file, workflow: 'random', payload: '{}' });
      return begun.ok ? begun.value : begun;
    }
    case 'resume': {
      const begun = await api.resumeRun({ run: task.run });
      return begun.ok ? { run: task.run } : begun;
    }
    case 'rerun': {
      const begun = await api.rerun({ run: task.run, request: task.request });
      return begun.ok ? { run: task.run } : begun;
    }
  }
}

function tell(answer: HostAnswer): void {
  // Whoever asked may be gone.
  process.send?.(answer, () => undefined);
}
