import { inspectFile, type Inspection, type InspectionInProgress } from '../../engine/runner/inspect-file.ts';
import { Limiter } from '../api/limiter.ts';

export type { Inspection } from '../../engine/runner/inspect-file.ts';

const CLOSED: Inspection = { ok: false, problem: { name: 'ClosedError', message: 'The workspace has been closed.' } };

const AT_A_TIME = 2;

/** Finds the workflows of a workspace's files, a few at a time. */
export class WorkflowLoader {
  readonly #limiter = new Limiter(AT_A_TIME);
  readonly #inProgress = new Set<InspectionInProgress>();
  readonly #withinMs: number | undefined;
  #closed = false;

  constructor(withinMs?: number) {
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
    const inspection = inspectFile(file, this.#withinMs);
    this.#inProgress.add(inspection);
    try {
      return await inspection.done;
    } finally {
      this.#inProgress.delete(inspection);
    }
  }
}
