import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { readRun } from '../../engine/store/runs.ts';
import type { RunEnd } from '../../engine/runner/supervisor.ts';
import type { StopAs } from '../../common/status.ts';
import type { RunProcess, Started } from '../../host/runs/own-run.ts';
import { OwnRuns } from '../../host/runs/own-runs.ts';
import { RunMirrors } from '../../host/runs/run-mirrors.ts';
import { Store } from '../../host/store/store.ts';
import { inThisThread } from './store-thread.ts';
import { temporaryFolder } from '../support/runs.ts';
import { writeBigRun } from './big-run.ts';

/** The process of a run, whose end the test decides. */
export class Process implements RunProcess {
  readonly #end = Promise.withResolvers<RunEnd>();
  readonly done = this.#end.promise;
  readonly told: (readonly [node: string, value: number])[] = [];
  stopping: StopAs | undefined;

  stop(as: StopAs): void {
    this.stopping = as;
    this.end();
  }

  setConcurrency(node: string, value: number): void {
    this.told.push([node, value]);
  }

  end(): void {
    this.#end.resolve({ kind: 'ended' });
  }
}

/** A real store with one failed run, as a host has it open; and what its errors were, of which there are to be none. */
export function openedStore() {
  const folder = temporaryFolder();
  const file = path.join(folder, 'runs.db');
  const db = openStore(file, { mode: 'create' });
  const { run } = writeBigRun(db, 40);
  const uid = readRun(db, run)?.uid ?? '';
  const store = new Store(file, folder, inThisThread);
  const errors: unknown[] = [];
  /** What pages are told that runs say. */
  const logs: string[] = [];
  const mirrors = new RunMirrors(store, {
    onNews: () => undefined,
    onLogs: (_run, lines) => logs.push(...lines.map(({ text, level }) => `${level}: ${text}`)),
    onError: error => errors.push(error),
  });
  onTestFinished(async () => {
    db.close();
    mirrors.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
    expect(errors).toEqual([]);
  });
  const started: Started = {
    type: 'started',
    run,
    uid,
    owner: 'owner',
    demo: false,
    graph: { id: 'films', name: 'Films', triggers: [], nodes: [] },
    file: path.join(folder, 'sub', 'films.ts'),
  };
  return { db, folder, store, mirrors, errors, logs, started, run };
}

/** The runs of a host over an opened store, of which nobody is told. */
export function quietOwnRuns({ store, mirrors, errors }: ReturnType<typeof openedStore>): OwnRuns {
  return new OwnRuns({
    store,
    mirrors,
    notices: { ended: () => undefined },
    onItem: () => undefined,
    onOver: () => undefined,
    onError: error => errors.push(error),
    now: () => 0,
  });
}
