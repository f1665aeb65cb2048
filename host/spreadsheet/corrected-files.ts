import { isDeepStrictEqual } from 'node:util';
import { RerunError, type RerunRequest as EngineRequest } from '../../engine/run/rerun/request.ts';
import { DEFAULT_BUDGET } from '../../engine/runner/probe/search-batch.ts';
import { ProbeProcesses } from '../../engine/runner/probe/probe-processes.ts';
import type { Args, RerunRequest, Result } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { engineRequest } from '../runs/engine-request.ts';
import { movedFileOf } from '../runs/moved-file.ts';
import type { Store } from '../store/store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { CellError } from './cells.ts';
import { cellCount, requestOf, type CorrectedRow, type Corrections } from './corrections.ts';
import { readTable, tableFile, type ReadTable } from './table.ts';
import { tryCorrections, type Tried } from './try-corrections.ts';

export interface CorrectedFilesOptions {
  readonly store: Store;
  readonly guard: Pick<FolderGuard, 'startRunner'>;
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
}

interface CorrectedFile {
  readonly run: number;
  readonly name: string;
  readonly table: ReadTable;
  /** As they were shown. */
  readonly corrections: Corrections;
}

/** As many as re-runs can be queued for a run. */
const MOST_FILES = 20;
const GONE = 'The corrected file is not open any more. Drop it here again.';
/** More rows are counted, and not listed. */
const MOST_LISTED = 1_000;
/** Then the page hears of what was tried so far, and asks on. */
const TRYING_MS = 2_000;

/** Files that people have corrected and given to the Studio, until they are closed. */
export class CorrectedFiles {
  readonly #options: CorrectedFilesOptions;
  readonly #files = new Map<number, CorrectedFile>();
  /** What tries items. */
  readonly #trying = new Map<AbortController, Promise<unknown>>();
  #lastId = 0;
  #isClosed = false;

  constructor(options: CorrectedFilesOptions) {
    this.#options = options;
  }

  /** The items that are to be corrected, as such a file. */
  async export({ run, items: which, format, node }: Args<'exportItems'>): Promise<Result<'exportItems'>> {
    const { locked, ...table } = await this.#options.store.do('sheet', { run, which, node });
    return { file: Uint8Array.from(await tableFile(table, { format, locked })), rows: table.rows.length };
  }

  async open({ run, file, name }: Args<'openCorrections'>): Promise<Result<'openCorrections'>> {
    try {
      const table = await readTable(file);
      const corrections = await this.#options.store.do('corrections', { run, table });
      const id = ++this.#lastId;
      this.#files.set(id, { run, name, table, corrections });
      for (const old of [...this.#files.keys()].slice(0, -MOST_FILES)) this.#files.delete(old);
      return succeeded({ id, ...shown(corrections, table.by) });
    } catch (error) {
      if (!(error instanceof CellError) && !isForeseen(error)) throw error;
      const { name: kind, message } = problemOf(error);
      return failed({ name: kind, message: `${name} cannot be taken back: ${message}.` });
    }
  }

  async try({ run, id, from, allow = false }: Args<'tryCorrections'>): Promise<Result<'tryCorrections'>> {
    const { store, guard, fileOfWorkflow } = this.#options;
    const found = this.#files.get(id);
    if (found?.run !== run) return failed(problemOf(new RerunError(GONE)));
    const { isLive } = await store.do('checkable', run);
    if (isLive) return failed(stateProblem(`Run ${run} is running. Wait for its end.`));
    if (allow) await store.do('allowProbes', run);
    const file = await movedFileOf(store, run, fileOfWorkflow);
    if (this.#isClosed) return failed(stateProblem('The workspace is being closed.'));
    const controller = new AbortController();
    const { signal } = controller;
    const processes = new ProbeProcesses({
      task: { kind: 'probe', store: store.file, run, file },
      start: (task, events) => guard.startRunner(task, events),
      now: () => performance.now(),
      signal,
    });
    const trying = this.#try(found.corrections.corrected, from, processes, run);
    this.#trying.set(controller, trying);
    try {
      return await trying;
    } finally {
      processes.end();
      this.#trying.delete(controller);
    }
  }

  /** A page's request in the engine's terms. @throws RerunError where items have changed since they were compared */
  async engineRequest(run: number, request: RerunRequest): Promise<EngineRequest> {
    const { corrections: id, ...others } = request;
    if (id === undefined) return engineRequest(others);
    const file = this.#files.get(id);
    if (file?.run !== run) throw new RerunError(GONE);
    const { name, table, corrections } = file;
    const now = await this.#options.store.do('corrections', { run, table });
    if (!isDeepStrictEqual(now.corrected, corrections.corrected))
      throw new RerunError(`Items of ${name} have changed since it was compared with run ${run}. Drop it here again.`);
    return { ...engineRequest(others), ...requestOf(now, table.by) };
  }

  close(id: number): void {
    this.#files.delete(id);
  }

  async end(): Promise<void> {
    this.#isClosed = true;
    for (const controller of this.#trying.keys()) controller.abort();
    await Promise.allSettled(this.#trying.values());
  }

  async #try(
    corrected: readonly CorrectedRow[],
    from: number,
    processes: ProbeProcesses,
    run: number,
  ): Promise<Result<'tryCorrections'>> {
    const { store } = this.#options;
    const until = performance.now() + TRYING_MS;
    const tried: TriedRow[] = [];
    const mayExecute = async (): Promise<boolean> => (await store.do('checkable', run)).isAllowed;
    const trying = tryCorrections(corrected.slice(from), { processes, limitMs: DEFAULT_BUDGET.ms, mayExecute });
    for await (const [row, came] of trying) {
      if (came.kind === 'not-allowed') return succeeded({ asks: true, tried, next: from + tried.length });
      tried.push(triedRow(row, came));
      if (performance.now() > until) break;
    }
    const next = from + tried.length;
    return succeeded({ asks: false, tried, next: next < corrected.length ? next : null });
  }
}

type TriedRow = Extract<Result<'tryCorrections'>, { ok: true }>['value']['tried'][number];

function triedRow({ row }: CorrectedRow, tried: Exclude<Tried, { readonly kind: 'not-allowed' }>): TriedRow {
  switch (tried.kind) {
    case 'passes':
    case 'needs-effect':
      return { row, outcome: tried.kind };
    case 'fails':
      return { row, outcome: tried.kind, why: tried.error.explain ?? tried.error.message };
    case 'refused':
      return { row, outcome: tried.kind, why: tried.why };
  }
}

type Shown = Omit<Extract<Result<'openCorrections'>, { ok: true }>['value'], 'id'>;

function shown({ refused, corrected, unchanged, ignored }: Corrections, by: string | undefined): Shown {
  return {
    ...(by !== undefined && { by }),
    counts: { cells: cellCount(corrected), items: corrected.length, refused: refused.length, unchanged },
    refused: refused.slice(0, MOST_LISTED),
    corrected: corrected.slice(0, MOST_LISTED).map(({ row, scope, node, batch, item, isSetAside, label, cells }) => ({
      ...{ row, scope, path: node, batch, item, isSetAside },
      cells: [...cells],
      ...(label !== undefined && { label }),
    })),
    ignored: [...ignored],
  };
}
