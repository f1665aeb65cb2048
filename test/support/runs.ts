import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Database } from 'better-sqlite3';
import { rerunRun, resumeRun, startRun, type RunInProgress, type RunEnvironment } from '../../engine/run/execute.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { openStore } from '../../engine/store/open.ts';
import { define } from '../../engine/workflow/define.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import type { Cronflow, Workflow } from '../../engine/workflow/types.ts';

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new store in a real file, closed when the test is over. */
function temporaryStore(): { db: Database; file: string } {
  const file = path.join(temporaryFolder(), 'runs.db');
  const db = openStore(file, { mode: 'create' });
  onTestFinished(() => {
    db.close();
  });
  return { db, file };
}

/** `cronflow` as an author sees it. */
const cronflow = { define } as unknown as Cronflow;

/** Builds one workflow, and gives what the engine makes of it. */
export function workflow(build: (start: Workflow) => unknown, options: Record<string, unknown> = {}): Definition {
  takeDefinitions();
  build(cronflow.define({ id: 'test', ...options }) as unknown as Workflow);
  const [definition] = takeDefinitions();
  if (!definition) throw new Error('nothing was defined');
  return definition;
}

const CODE = { hash: 'test', sources: [] };

/** Runs workflows in this process, on a store of its own. */
export class Bench {
  readonly db: Database;
  readonly file: string;
  readonly options: Partial<RunEnvironment>;

  constructor(options: Partial<RunEnvironment> = {}) {
    const { db, file } = temporaryStore();
    this.db = db;
    this.file = file;
    this.options = options;
  }

  worker(definition: Definition): RunEnvironment {
    return { db: this.db, storeFile: this.file, definition, code: CODE, ...this.options };
  }

  start(definition: Definition, payload?: unknown): Promise<RunInProgress> {
    return startRun(this.worker(definition), '/test/workflow.ts', payload);
  }

  async run(definition: Definition, payload?: unknown): Promise<RunSummary> {
    return await (
      await this.start(definition, payload)
    ).done;
  }

  async resume(definition: Definition, id: number): Promise<RunSummary> {
    return await (
      await resumeRun(this.worker(definition), id)
    ).done;
  }

  async rerun(definition: Definition, id: number, request: RerunRequest = { batches: 'failed' }): Promise<RunSummary> {
    return await (
      await rerunRun(this.worker(definition), id, request)
    ).done;
  }
}
