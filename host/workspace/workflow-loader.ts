import { inspectFile, type Inspection, type InspectionInProgress } from '../../engine/runner/inspect-file.ts';
import { Limiter } from './limiter.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';

export type { Inspection } from '../../engine/runner/inspect-file.ts';

const CLOSED: Inspection = { ok: false, problem: { name: 'ClosedError', message: 'The workspace has been closed.' } };

const AT_A_TIME = 2;

/** Finds the workflows of a workspace's files, a few at a time. */
export class WorkflowLoader {
  readonly #limiter = new Limiter(AT_A_TIME);
  readonly #inProgress = new Set<InspectionInProgress>();
  readonly #guard: FolderGuard;
  readonly #withinMs: number | undefined;
  #closed = false;

  constructor(guard: FolderGuard, withinMs?: number) {
    this.#guard = guard;
    this.#withinMs = withinMs;
  }

  inspect(file: string): Promise<Inspection> {
    return this.#limiter.run(async () => (this.#closed ? CLOSED : await this.#inspectNow(file)));
  }

  close(): void {
    this.#closed = true;
    for (const inspection of this.#inProgress) inspection.kill();
  }

  async #inspectNow(file: string): Promise<Inspection> {
    const inspection = inspectFile(file, {
      withinMs: this.#withinMs,
      start: (task, events) => this.#guard.startRunner(task, events),
    });
    this.#inProgress.add(inspection);
    try {
      return await inspection.done;
    } finally {
      this.#inProgress.delete(inspection);
    }
  }
}
