import { serveProbes } from '../../engine/runner/probe/serve-probes.ts';
import type { RunnerEvents, startRunner } from '../../engine/runner/parent.ts';
import type { FromRunner, RunnerTask } from '../../engine/runner/protocol.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';

/**
 * Processes that probe, as parts of this one: everything but the process itself is as it is. Each loads the workflow anew,
 * so that what its steps keep is kept in one of them only.
 */
export function probesInMemory(db: StoreDatabase, load: () => Definition): typeof startRunner {
  return (task: RunnerTask, { onMessage }: RunnerEvents) => {
    if (task.kind !== 'probe') throw new Error(`a process for ${task.kind} was started`);
    let isGone = false;
    const tell = (message: FromRunner) =>
      void setImmediate(() => {
        if (!isGone) onMessage(structuredClone(message));
      });
    const server = serveProbes({
      ...{ db, run: task.run, definition: load(), file: '', files: [], code: 'test', tell },
      told: () => Promise.resolve(),
      refuse: error => {
        throw error;
      },
    });
    tell({ type: 'loaded' });
    const nothing = () => undefined;
    return {
      ...{ pid: undefined, stop: nothing, setConcurrency: nothing },
      ask: request => server.ask(structuredClone(request)),
      kill: () => {
        isGone = true;
      },
    };
  };
}
