import { existsSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { startRun, type RunInProgress } from '../../engine/run/execute.ts';
import type { Stop } from '../../engine/run/stop.ts';
import { processes } from '../../engine/store/process-identity.ts';
import { openStore } from '../../engine/store/open.ts';
import type { HostOptions } from '../../host/host.ts';
import type { RunItem } from '../../host/api/api.ts';
import { BatchStatus } from '../../common/status.ts';
import { Studio, value } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { workflow } from '../support/runs.ts';
import { build } from './work.ts';

/** A run, and the name by which its files and its lines in the ledger go. */
export interface Job {
  readonly name: string;
  readonly run: number;
}

/** A workspace with one workflow, and a Studio that shows it. The process of the test is another one that works in it. */
export class Shop {
  readonly project: Project;
  readonly studio: Studio;
  readonly #elsewhere = new Map<number, RunInProgress>();
  #names = 0;

  private constructor(project: Project, studio: Studio) {
    this.project = project;
    this.studio = studio;
  }

  /** @param atEnd When to close it. @default with the test */
  static async open(
    options: Partial<HostOptions> = {},
    atEnd: (close: () => Promise<void>) => void = onTestFinished,
  ): Promise<Shop> {
    const project = new Project();
    project.write(
      'work.ts',
      `import { cronflow } from 'cronflow';\nimport { build } from ${JSON.stringify(fileURLToPath(new URL('./work.ts', import.meta.url)))};\nbuild(cronflow.define({ id: 'work', name: 'Work' }), ${JSON.stringify(project.folder)});\n`,
    );
    const shop = new Shop(project, await Studio.open(project, { killAfterMs: 8_000, ...options }, atEnd));
    atEnd(async () => {
      for (const job of shop.#elsewhere.values())
        job.run.stopping.request({ as: 'interrupted', reason: 'the test is over' });
      await Promise.all([...shop.#elsewhere.values()].map(({ done }) => done));
    });
    await shop.studio.workflow('work.ts');
    return shop;
  }

  name(...marks: ('hold' | 'deaf' | 'fails')[]): string {
    const name = `job-${++this.#names}`;
    for (const mark of marks) this.project.write(`${name}.${mark}`, '');
    return name;
  }

  /** Takes a mark away: what was held goes on, what was broken is mended. */
  unmark({ name }: Pick<Job, 'name'>, ...marks: ('hold' | 'deaf' | 'fails')[]): void {
    for (const mark of marks) rmSync(this.project.path(`${name}.${mark}`), { force: true });
  }

  mark({ name }: Pick<Job, 'name'>, mark: 'hold' | 'deaf' | 'fails'): void {
    this.project.write(`${name}.${mark}`, '');
  }

  isMarked({ name }: Pick<Job, 'name'>, mark: 'hold' | 'deaf' | 'fails'): boolean {
    return existsSync(this.project.path(`${name}.${mark}`));
  }

  /** A run that the Studio's own runner works on. */
  async here(name: string): Promise<Job> {
    const run = await this.studio.start('work.ts', { name });
    if (this.isMarked({ name }, 'hold')) await this.held(name);
    return { name, run };
  }

  /** A run that this process works on, which to the Studio is another. */
  async elsewhere(name: string): Promise<Job> {
    const db = openStore(this.project.storeFile, { mode: 'create' });
    const definition = workflow(start => build(start, this.project.folder), { id: 'work', name: 'Work' });
    const begun = await startRun(
      { db, storeFile: this.project.storeFile, definition, code: { hash: 'test', sources: [] } },
      this.project.path('work.ts'),
      { name },
    );
    this.#elsewhere.set(begun.id, begun);
    void begun.done.finally(() => db.close()).catch(() => undefined);
    if (this.isMarked({ name }, 'hold')) await this.held(name);
    return { name, run: begun.id };
  }

  /** A run that this process has ended in some way. */
  async ended(name: string, as?: Stop['as']): Promise<Job> {
    const job = await this.elsewhere(name);
    const begun = this.#elsewhere.get(job.run);
    if (as) begun?.run.stopping.request({ as, reason: 'the test asked for it' });
    await begun?.done;
    this.unmark(job, 'hold');
    return job;
  }

  /** A run whose process has gone without a word. */
  async died(name: string): Promise<Job> {
    const job = await this.ended(name, 'interrupted');
    const db = openStore(this.project.storeFile, { mode: 'write' });
    db.prepare(`update runs set status = 'running', reason = null, ended_at = null where id = ?`).run(job.run);
    db.prepare('update sessions set ended_at = null, outcome = null where run = ?').run(job.run);
    db.prepare(`update batches set status = ${BatchStatus.running} where run = ? and idx = 2`).run(job.run);
    // No process bears this number.
    db.prepare(`insert into leases (run, owner, pid, born, host, heartbeat) values (?, 'gone', 4194305, ?, ?, ?)`).run(
      job.run,
      processes.of(process.pid).born ?? null,
      hostname(),
      Date.now(),
    );
    db.close();
    return job;
  }

  /** A run of the Studio's that has been asked to stop and has not done so yet. */
  async stopping(name: string, as: 'paused' | 'cancelled'): Promise<Job> {
    const job = await this.here(name);
    value(await this.studio.api.stopRun({ run: job.run, as }));
    return job;
  }

  /** It has come to the item at which it waits. */
  async held(name: string): Promise<void> {
    await this.studio.until(`${name} is held`, () => existsSync(this.project.path(`${name}.held`)), 30_000);
  }

  /** What the steps of a run have done in the world, in order. */
  done({ name }: Pick<Job, 'name'>): (number | 'end')[] {
    return (this.project.ledger() as [string, number | 'end'][]).filter(([of]) => of === name).map(([, item]) => item);
  }

  async item({ run }: Pick<Job, 'run'>): Promise<RunItem> {
    const [found] = await this.studio.api.listRuns({ before: run + 1, limit: 1 });
    if (found?.run !== run || found.status === 'damaged') throw new Error(`There is no run ${run}.`);
    return found;
  }
}
