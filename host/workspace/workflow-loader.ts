import { exitReason } from '../../engine/runner/exit-reason.ts';
import type { Graph, Problem } from '../api/api.ts';
import { Limiter } from '../api/limiter.ts';
import type { Runner } from '../../engine/runner/parent.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';

export type Inspection =
  | {
      readonly ok: true;
      readonly graphs: readonly Graph[];
      /** The files it was made from, absolute. */ readonly files: readonly string[];
    }
  | { readonly ok: false; readonly problem: Problem };

const CLOSED: Inspection = { ok: false, problem: { name: 'ClosedError', message: 'The workspace has been closed.' } };

const AT_A_TIME = 2;
/** The engine gives a file 30 s to load; what blocks its process is ended a little later. */
const KILL_AFTER_MS = 35_000;

/** Finds the workflows of files, each in a process of its own that ends afterwards: the author's code never runs in this one. */
export class WorkflowLoader {
  readonly #limiter = new Limiter(AT_A_TIME);
  readonly #runners = new Set<Runner>();
  readonly #guard: FolderGuard;
  readonly #killAfterMs: number;
  #closed = false;

  constructor(guard: FolderGuard, killAfterMs = KILL_AFTER_MS) {
    this.#guard = guard;
    this.#killAfterMs = killAfterMs;
  }

  inspect(file: string): Promise<Inspection> {
    return this.#limiter.run(async () => (this.#closed ? CLOSED : await this.#inspectNow(file)));
  }

  close(): void {
    this.#closed = true;
    for (const runner of this.#runners) runner.kill();
  }

  #inspectNow(file: string): Promise<Inspection> {
    return new Promise(resolve => {
      let answer: Inspection | undefined;
      let late = false;
      const runner = this.#guard.startRunner(
        { kind: 'inspect', file },
        {
          onMessage: message => {
            if (message.type === 'inspected') answer = { ok: true, graphs: message.graphs, files: message.files };
            else if (message.type === 'refused') answer = { ok: false, problem: message.problem };
            // What the file has left running is of no use to anybody.
            if (answer) runner.kill();
          },
          onExit: exit => {
            clearTimeout(timer);
            this.#runners.delete(runner);
            const message = late
              ? `The file was not loaded within ${this.#killAfterMs / 1000} s: something in it, outside of any step, takes very long or never ends.`
              : `The file could not be loaded: ${exitReason(exit)}.`;
            resolve(answer ?? { ok: false, problem: { name: 'LoadError', message, file } });
          },
        },
      );
      this.#runners.add(runner);
      const timer = setTimeout(() => {
        late = true;
        runner.kill();
      }, this.#killAfterMs);
    });
  }
}
