import type { Database } from 'better-sqlite3';
import { failpoint } from '../../failpoints.ts';
import { decode } from '../../store/codec.ts';
import type { BatchPredicate } from '../../store/batch-predicate.ts';
import { matchingScopes } from '../../store/batch-queries.ts';
import { archiveStatement, nextAttemptStatement } from '../../store/run-writer.ts';
import { BatchStatus, StepStatus } from '../../../common/status.ts';
import { describeValue } from '../../workflow/errors.ts';
import { nearest } from '../../workflow/nearest.ts';
import { hasBatches, hasMembers, hasRounds } from '../../../common/node-kinds.ts';
import { isInside, lastPart, nodePath, outermost } from '../../../common/node-paths.ts';
import { StateReversal } from './state-reversal.ts';

/** Which batches to run again. */
export interface RerunRequest {
  /** A node's name or path; without it, every node. */
  readonly node?: string | undefined;
  /** 'failed' also takes what was cancelled; numbers are places among the node's batches, from 0. */
  readonly batches: 'failed' | 'all' | readonly number[] | BatchPredicate;
  /** Runs all steps of failed batches again, also those that succeeded. Without it they go on at the step that failed. */
  readonly fromStart?: boolean | undefined;
  /** Takes only the first of them, to try. */
  readonly tryOne?: boolean | undefined;
  /** Items to use from now on, of the one batch that is meant: the codec's text of an array. Implies `fromStart`. */
  readonly items?: string | undefined;
}

/** What a re-run touches: found by doing it, so that a dry run says exactly what a real one does. */
export interface RerunReport {
  readonly nodes: readonly { readonly path: string; readonly batches: number; readonly indices: readonly number[] }[];
  /** Steps outside any batch that had failed and are tried again. */
  readonly steps: readonly string[];
  readonly reused: {
    /** Succeeded batches of the same nodes that are left as they are. */
    readonly batches: number;
    /** Checkpoints inside the batches that run again. */
    readonly steps: number;
  };
  /** Nodes that come later, had succeeded, and run again because what they build on may change. */
  readonly repeats: readonly string[];
  /** Additions to the run's state that are taken back, since the steps that made them are repeated. */
  readonly takenBack: readonly { readonly key: string; readonly by: number }[];
  /** Keys that repeated steps had changed in ways that cannot be taken back: the change will be made again on top. */
  readonly notTakenBack: readonly string[];
}

/** There is nothing to re-run, or not what was asked for. */
export class RerunError extends Error {
  override readonly name = 'RerunError';
}

interface BatchRow {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly idx: number;
  readonly status: number;
}

/** Reopens what a re-run is to do, inside the caller's transaction. Nothing is overwritten: attempts stay. @throws RerunError */
export function reopen(db: Database, run: number, request: RerunRequest): RerunReport {
  failpoint('before-rerun');
  const reopening = new Reopening(db, run);
  const report = reopening.reopen(request);
  failpoint('after-rerun');
  return report;
}

/** What a re-run would touch. The store is left as it is. */
export function planRerun(db: Database, run: number, request: RerunRequest): RerunReport {
  db.prepare('begin immediate').run();
  try {
    return reopen(db, run, request);
  } finally {
    db.prepare('rollback').run();
  }
}

class Reopening {
  readonly #db: Database;
  readonly #run: number;
  readonly #paths: Map<number, { readonly path: string; readonly kind: string }>;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #state: StateReversal;
  /** Batches that are to run again, by node. */
  readonly #opened = new Map<number, number[]>();
  readonly #openedScopes = new Set<number>();
  readonly #repeats = new Set<string>();

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#statements = prepareStatements(db);
    this.#state = new StateReversal(db, run);
    const nodes = db
      .prepare<[number], { node: number; path: string; kind: string }>(
        'select node, path, kind from nodes where run = ?',
      )
      .all(run);
    this.#paths = new Map(nodes.map(({ node, path, kind }) => [node, { path, kind }]));
  }

  reopen(request: RerunRequest): RerunReport {
    const step = this.#stepAskedFor(request);
    const targets = step === undefined ? this.#targets(request).slice(0, request.tryOne ? 1 : undefined) : [];
    const [only, ...others] = targets;
    if (request.items !== undefined && (!only || others.length > 0))
      throw new RerunError(`Items can be edited for one batch at a time; ${targets.length} were chosen.`);
    if (step !== undefined) this.#repeatFrom(step);
    for (const target of targets) {
      const fromStart =
        target.status === BatchStatus.succeeded || request.fromStart === true || request.items !== undefined;
      this.#open(target, fromStart ? 'all' : 'failed');
    }
    if (only && request.items !== undefined) this.#replaceItems(only, request.items);
    const failedSteps = this.#failedSteps();
    if (step === undefined && targets.length === 0 && failedSteps.length === 0 && !this.#goesOnAnyway(request))
      throw this.#nothing(request);
    const { takenBack, notTakenBack } = this.#state.finish();
    const nodes = [...this.#opened].map(([node, indices]) => ({
      path: this.#path(node),
      batches: indices.length,
      indices: indices.toSorted((a, b) => a - b),
    }));
    return { nodes, steps: failedSteps, reused: this.#reused(), repeats: [...this.#repeats], takenBack, notTakenBack };
  }

  /** The node, where a step of the workflow itself is named: everything from it on runs again. */
  #stepAskedFor({ node }: RerunRequest): number | undefined {
    if (node === undefined) return undefined;
    const found = this.#find(node);
    if (found.every(id => this.#isBatchNode(id))) return undefined;
    const step = found.find(id => this.#statements.stepIn.get(this.#run, 0, id) !== undefined);
    if (step === undefined) {
      // A while that is not done is taken up at the round that failed.
      if (found.every(id => this.#isBatchNode(id) || this.#isWhile(id))) return undefined;
      throw new RerunError(
        `${describeValue(node)} is a step inside a batch, or has not run yet. Name the batch it belongs to, or a step outside batches.`,
      );
    }
    return step;
  }

  #targets({ node, batches }: RerunRequest): BatchRow[] {
    const ids = node === undefined ? [...this.#paths.keys()].filter(id => this.#isBatchNode(id)) : this.#find(node);
    if (Array.isArray(batches) && node === undefined) {
      const outer = this.#outermost(ids);
      if (outer.length > 1)
        throw new RerunError(
          `The run has several batch nodes (${outer.map(id => this.#path(id)).join(', ')}). Say with --node which one's batches are meant.`,
        );
      return this.#byIndex(outer, batches as readonly number[]);
    }
    if (Array.isArray(batches)) return this.#byIndex(ids, batches as readonly number[]);
    if (typeof batches === 'object') return this.#matching(ids, batches as BatchPredicate);
    const wanted =
      batches === 'all'
        ? [BatchStatus.succeeded, BatchStatus.failed, BatchStatus.cancelled]
        : [BatchStatus.failed, BatchStatus.cancelled];
    const outer = batches === 'all' && node === undefined ? this.#outermost(ids) : ids;
    const rounds =
      batches === 'failed' && node === undefined ? [...this.#paths.keys()].filter(id => this.#isWhile(id)) : [];
    return [...rounds, ...outer]
      .toSorted((a, b) => a - b)
      .flatMap(id => wanted.flatMap(status => this.#statements.batchesByStatus.all(this.#run, id, status)));
  }

  #byIndex(nodes: readonly number[], indices: readonly number[]): BatchRow[] {
    const wanted = new Set(indices);
    const rows = nodes.flatMap(node =>
      this.#statements.batchesOf.all(this.#run, node, BatchStatus.superseded).filter(row => wanted.has(row.idx)),
    );
    const found = new Set(rows.map(row => row.idx));
    const missing = indices.filter(index => !found.has(index));
    if (missing.length > 0)
      throw new RerunError(
        `${nodes.map(node => this.#path(node)).join(', ')} has no batch ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}. Batches are numbered from 0.`,
      );
    return rows;
  }

  #matching(nodes: readonly number[], where: BatchPredicate): BatchRow[] {
    return nodes.flatMap(node => {
      const meant = new Set(matchingScopes(this.#db, this.#run, node, where, false));
      return (
        this.#statements.batchesOf
          .all(this.#run, node, BatchStatus.superseded)
          // What waits will run anyway.
          .filter(({ scope, status }) => status !== BatchStatus.waiting && meant.has(scope))
      );
    });
  }

  /** The batch's next attempt begins with other items; what it had before stays on record. */
  #replaceItems(batch: BatchRow, text: string): void {
    const items = decode(text);
    if (!Array.isArray(items)) throw new RerunError('The items of a batch are an array.');
    this.#statements.replaceItems.run(this.#run, batch.scope, text, this.#run, batch.scope);
    this.#statements.recount.run(items.length, this.#run, batch.scope);
  }

  /** Opens a batch for another attempt, with all that is in it, what failed in it, or only what has been opened in it; and what it stands in. */
  #open(batch: BatchRow, inside: 'all' | 'failed' | 'opened'): void {
    if (this.#openedScopes.has(batch.scope)) return;
    // One that was opened before it may have taken it out of use: it is then created and run again.
    if (this.#statements.batch.get(this.#run, batch.scope)?.status === BatchStatus.superseded) return;
    this.#openedScopes.add(batch.scope);
    if (batch.status !== BatchStatus.waiting) {
      this.#statements.archive.run(this.#run, batch.scope);
      this.#statements.nextAttempt.run(BatchStatus.waiting, this.#run, batch.scope);
    }
    this.#note(batch);
    if (inside === 'all') this.#supersedeInside(batch.scope);
    if (inside === 'failed')
      for (const child of this.#statements.children.all(this.#run, batch.scope)) {
        if (child.status === BatchStatus.failed || child.status === BatchStatus.cancelled) this.#open(child, 'failed');
      }
    this.#openAround(batch);
  }

  /** The node of a reopened batch is not done, what came after it in its scope repeats, and that scope is open too. */
  #openAround({ node, parent, idx }: BatchRow): void {
    this.#repeatAfter(node, parent);
    if (this.#isWhile(node)) {
      for (const round of this.#statements.laterRounds.all(this.#run, node, parent, idx)) this.#supersedeBatch(round);
    }
    if (parent === 0) return;
    const around = this.#statements.batch.get(this.#run, parent);
    if (around) this.#open(around, 'opened');
  }

  #repeatFrom(node: number): void {
    const row = this.#statements.stepIn.get(this.#run, 0, node);
    if (row) this.#repeatSince(0, row.seq, row.node, true);
  }

  #repeatAfter(node: number, parent: number): void {
    const row = this.#statements.checkpoint.get(this.#run, parent, node, StepStatus.succeeded);
    // Without a checkpoint of its own, nothing after it has run.
    if (row) this.#repeatSince(parent, row.seq, node, false);
  }

  #repeatSince(parent: number, seq: number, node: number, itself: boolean): void {
    for (const step of this.#statements.stepsSince.all(this.#run, parent, seq, StepStatus.succeeded)) {
      if (step.node !== node || itself) this.#repeats.add(this.#path(step.node));
      this.#supersedeStep(parent, step.node, step.attempt);
    }
    // What has kept its checkpoint came before; all other batch nodes of the scope come after, whether they were done or not.
    for (const child of this.#statements.children.all(this.#run, parent)) {
      if (
        child.node === node
          ? !itself
          : this.#statements.checkpoint.get(this.#run, parent, child.node, StepStatus.succeeded)
      )
        continue;
      this.#repeats.add(this.#path(child.node));
      this.#supersedeBatch(child);
    }
    this.#statements.forgetSplits.run(this.#run, parent, node, StepStatus.succeeded);
  }

  /** Takes all results inside a batch out of use. They stay readable. */
  #supersedeInside(scope: number): void {
    for (const step of this.#statements.stepsSince.all(this.#run, scope, 0, StepStatus.succeeded))
      this.#supersedeStep(scope, step.node, step.attempt);
    for (const child of this.#statements.children.all(this.#run, scope)) this.#supersedeBatch(child);
    this.#statements.forgetSplits.run(this.#run, scope, 0, StepStatus.succeeded);
  }

  #supersedeBatch(batch: BatchRow): void {
    this.#supersedeInside(batch.scope);
    if (this.#openedScopes.delete(batch.scope)) this.#forget(batch);
    if (this.#isWhile(batch.node)) {
      this.#statements.setAside.run(BatchStatus.superseded, this.#run, batch.scope);
      return;
    }
    if (batch.status !== BatchStatus.waiting) this.#statements.archive.run(this.#run, batch.scope);
    this.#statements.setStatus.run(BatchStatus.superseded, this.#run, batch.scope);
  }

  #supersedeStep(scope: number, node: number, attempt: number): void {
    this.#statements.supersedeStep.run(StepStatus.superseded, this.#run, scope, node, attempt);
    this.#state.takeBack(scope, node, attempt);
  }

  #failedSteps(): string[] {
    return (
      this.#statements.failedSteps
        .all(this.#run, StepStatus.failed)
        // A batch node fails with its batches, which are listed as such; without any, it was its items that failed.
        .filter(({ node }) => !this.#opened.has(node) && !this.#isMadeGood(node))
        .map(({ node }) => this.#path(node))
    );
  }

  /** A member that failed counts for nothing where its `race` has a winner, or the `onError` of its `parallel` has answered. */
  #isMadeGood(node: number): boolean {
    const path = this.#path(node);
    for (const [id, { path: other, kind }] of this.#paths) {
      if (hasMembers(kind) && isInside(path, other))
        return this.#statements.checkpoint.get(this.#run, 0, id, StepStatus.succeeded) !== undefined;
    }
    return false;
  }

  /** A run that ended before its end has something to do, even where nothing of it is to be opened: it was cancelled between two steps. */
  #goesOnAnyway({ node, batches }: RerunRequest): boolean {
    const status = this.#statements.status.get(this.#run)?.status;
    return node === undefined && batches === 'failed' && (status === 'cancelled' || status === 'failed');
  }

  #reused(): RerunReport['reused'] {
    let batches = 0;
    for (const node of this.#opened.keys())
      batches += this.#statements.countByStatus.get(this.#run, node, BatchStatus.succeeded)?.n ?? 0;
    let steps = 0;
    for (const scope of this.#openedScopes)
      steps += this.#statements.countSteps.get(this.#run, scope, StepStatus.succeeded)?.n ?? 0;
    return { batches, steps };
  }

  #note({ node, idx }: BatchRow): void {
    const indices = this.#opened.get(node);
    if (indices) indices.push(idx);
    else this.#opened.set(node, [idx]);
  }

  #forget({ node, idx }: BatchRow): void {
    const indices = this.#opened.get(node) ?? [];
    indices.splice(indices.indexOf(idx), 1);
    if (indices.length === 0) this.#opened.delete(node);
  }

  #find(name: string): number[] {
    const own = nodePath('', name);
    const found = [...this.#paths].filter(([, { path }]) => path === name || lastPart(path) === own);
    const exact = found.filter(([, { path }]) => path === name || path === own);
    const chosen = exact.length > 0 ? exact : found;
    if (chosen.length > 0) return chosen.map(([id]) => id);
    const paths = [...this.#paths.values()].map(({ path }) => path);
    const nearName = nearest(name, paths.map(lastPart));
    const near = nearest(name, paths) ?? paths.find(path => lastPart(path) === nearName);
    throw new RerunError(
      `The run has no node ${describeValue(name)} that has run.${near ? ` Did you mean ${describeValue(near)}?` : ''}`,
    );
  }

  #nothing({ node, batches }: RerunRequest): RerunError {
    const where = node === undefined ? `Run ${this.#run}` : `${describeValue(node)} of run ${this.#run}`;
    return new RerunError(
      batches === 'failed'
        ? `${where} has no failed batches: there is nothing to re-run. Choose others with --batches.`
        : `${where} has no batches to re-run.`,
    );
  }

  #outermost(ids: readonly number[]): number[] {
    return outermost(ids.map(id => ({ id, path: this.#path(id) }))).map(({ id }) => id);
  }

  #isBatchNode(node: number): boolean {
    return hasBatches(this.#paths.get(node)?.kind ?? '');
  }

  #isWhile(node: number): boolean {
    return hasRounds(this.#paths.get(node)?.kind ?? '');
  }

  #path(node: number): string {
    return this.#paths.get(node)?.path ?? String(node);
  }
}

function prepareStatements(db: Database) {
  const columns = 'scope, node, parent, idx, status';
  return {
    batch: db.prepare<[number, number], BatchRow>(`select ${columns} from batches where run = ? and scope = ?`),
    batchesByStatus: db.prepare<[number, number, number], BatchRow>(
      `select ${columns} from batches where run = ? and node = ? and status = ? order by scope`,
    ),
    batchesOf: db.prepare<[number, number, number], BatchRow>(
      `select ${columns} from batches where run = ? and node = ? and status <> ? order by scope`,
    ),
    children: db.prepare<[number, number], BatchRow>(
      `select ${columns} from batches where run = ? and parent = ? and status <> ${BatchStatus.superseded}`,
    ),
    laterRounds: db.prepare<[number, number, number, number], BatchRow>(
      `select ${columns} from batches where run = ? and node = ? and parent = ? and idx > ?`,
    ),
    stepIn: db.prepare<[number, number, number], { node: number; seq: number }>(
      'select node, max(seq) as seq from steps where run = ? and scope = ? and node = ? group by node',
    ),
    checkpoint: db.prepare<[number, number, number, number], { seq: number }>(
      'select seq from steps where run = ? and scope = ? and node = ? and status = ?',
    ),
    stepsSince: db.prepare<[number, number, number, number], { node: number; attempt: number }>(
      'select node, attempt from steps where run = ? and scope = ? and seq >= ? and status = ?',
    ),
    // By their latest attempts: what has been made good since, or taken out of use, has not failed.
    failedSteps: db.prepare<[number, number], { node: number }>(
      `select node from steps f where run = ? and scope = 0 and status = ?
       and attempt = (select max(attempt) from steps s where s.run = f.run and s.scope = 0 and s.node = f.node)`,
    ),
    status: db.prepare<[number], { status: string }>('select status from runs where id = ?'),
    supersedeStep: db.prepare('update steps set status = ? where run = ? and scope = ? and node = ? and attempt = ?'),
    setStatus: db.prepare('update batches set status = ? where run = ? and scope = ?'),
    // A round leaves its place to the one that will repeat it.
    setAside: db.prepare('update batches set status = ?, idx = -scope where run = ? and scope = ?'),
    // Also where nothing was split: a list that was empty may not be the next time.
    forgetSplits: db.prepare<[number, number, number, number], unknown>(
      `delete from splits where run = ? and parent = ? and node <> ?
       and not exists (select 1 from steps s where s.run = splits.run and s.scope = splits.parent and s.node = splits.node and s.status = ?)`,
    ),
    replaceItems: db.prepare(
      'insert into batch_items (run, scope, attempt, items) select ?, ?, attempt, ? from batches where run = ? and scope = ?',
    ),
    recount: db.prepare('update batches set items = ? where run = ? and scope = ?'),
    archive: archiveStatement(db),
    nextAttempt: nextAttemptStatement(db),
    countByStatus: db.prepare<[number, number, number], { n: number }>(
      'select count(*) as n from batches where run = ? and node = ? and status = ?',
    ),
    countSteps: db.prepare<[number, number, number], { n: number }>(
      'select count(*) as n from steps where run = ? and scope = ? and status = ?',
    ),
  };
}
