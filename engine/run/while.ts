import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import { CONDITION_KIND } from '../../common/node-kinds.ts';
import { conditionPath, idOf, isDirectlyInside, nodePath } from '../../common/node-paths.ts';
import { RESULT_KINDS_SQL } from '../store/kinds.ts';
import type { FlowNode, WhileNode } from '../workflow/nodes.ts';
import { Attempt } from './attempt.ts';
import { buildBody, type Walk } from './body.ts';
import { StepContext } from './context.ts';
import { restoreScope } from './restore.ts';
import type { Run } from './run.ts';
import { Checkpoint, Scope } from './scope.ts';
import { runAttempt, StepFailed } from './steps.ts';
import { StopError } from './stop.ts';
import { toStoredError } from './stored-error.ts';

interface Round {
  readonly scope: Scope;
  readonly index: number;
  readonly done: boolean;
}

/**
 * Runs a while. Each round has a scope of its own, so that its steps have checkpoints of their own; that the condition
 * held is the first of them, and a resumed run does not ask it again.
 */
export async function runWhile(
  run: Run,
  scope: Scope,
  node: WhileNode,
  path: string,
  places: SourceLocations,
  walk: Walk,
): Promise<Checkpoint> {
  const id = run.nodeId(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  const asked = conditionPath(path);
  await run.ready(scope);
  let before = lastRound(run, scope, id, path);
  for (;;) {
    let round = before && !before.done ? before : undefined;
    let nodes: readonly FlowNode[] | undefined;
    if (!round) {
      const index = before ? before.index + 1 : 0;
      const seen = before?.scope ?? beforeFirstRound(scope, path, places);
      const next = new Scope(run.newScope(), { path, parent: scope, index });
      next.last = before?.scope.last;
      next.restoreItems = scope.restoreItems;
      await run.ready(scope);
      const answer = await runAttempt(run, {
        scope: next,
        node: run.nodeId(asked, CONDITION_KIND),
        path: asked,
        at: node.at,
        explain: node.explain,
        call: async attempt => {
          if (!(await node.condition(new StepContext(run, seen, attempt) as never))) return false;
          if (index >= node.maxRounds) {
            throw new Error(
              `while ${describeValue(node.id)} has gone ${node.maxRounds} rounds and its condition still holds. Mend the condition, or raise maxRounds.`,
            );
          }
          // Built inside the attempt: a body may read and write state, which commits with the answer.
          nodes = await buildBody(run, next, places, flow => node.body(flow as never));
          return true;
        },
        alongside: output => {
          if (output === true) run.journal.write(() => run.writer.batch(next.id, id, scope.id, index, 0, null));
        },
      });
      if (answer.output !== true) return await finish(run, scope, node, id, path, index);
      next.keep(undefined, answer);
      round = { scope: next, index, done: false };
    }
    await runRound(run, round, nodes ?? (await rebuildBody(run, round.scope, node, asked, places)), places, walk);
    before = { ...round, done: true };
  }
}

async function runRound(
  run: Run,
  { scope }: Round,
  nodes: readonly FlowNode[],
  places: SourceLocations,
  walk: Walk,
): Promise<void> {
  const startedAt = run.clock.now();
  const end = (status: BatchStatus, error: string | null) => {
    const { last } = scope;
    const endedAt = run.clock.now();
    run.journal.write(() =>
      run.writer.batchEnds({
        scope: scope.id,
        status,
        startedAt,
        endedAt,
        lastNode: last?.node ?? null,
        lastAttempt: last?.attempt ?? null,
        error,
      }),
    );
  };
  try {
    await walk(run, scope, nodes, places);
    end(BatchStatus.succeeded, null);
  } catch (error) {
    if (!(error instanceof StopError))
      end(BatchStatus.failed, JSON.stringify(error instanceof StepFailed ? error.stored : toStoredError(error)));
    throw error;
  }
}

async function finish(
  run: Run,
  scope: Scope,
  node: WhileNode,
  id: number,
  path: string,
  rounds: number,
): Promise<Checkpoint> {
  return await runAttempt(run, { scope, node: id, path, explain: node.explain, call: () => ({ rounds }) });
}

/** What the first condition sees: the names of the body, of which none has a result yet. Those no step has are taken for its own too. */
function beforeFirstRound(scope: Scope, path: string, places: SourceLocations): Scope {
  const seen = new Scope(scope.id, { path, parent: scope, index: 0 });
  seen.names = { has: name => places.has(nodePath(path, name)) || !scope.knows(name), keys: () => [] };
  return seen;
}

/** Builds the body of a round that began in an earlier process. What it writes into the state was committed then: it is not kept again. */
async function rebuildBody(
  run: Run,
  scope: Scope,
  node: WhileNode,
  asked: string,
  places: SourceLocations,
): Promise<readonly FlowNode[]> {
  const attempt = new Attempt(
    { scope, node: run.nodeId(asked, CONDITION_KIND), path: asked, number: 1, startedAt: run.clock.now() },
    run.state,
  );
  let nodes: readonly FlowNode[] = [];
  try {
    await attempt.perform(async () => {
      nodes = await buildBody(run, scope, places, flow => node.body(flow as never));
    });
  } finally {
    attempt.end();
  }
  return nodes;
}

/** The round to go on with after an interruption: the last one there is. */
function lastRound(run: Run, scope: Scope, id: number, path: string): Round | undefined {
  if (scope.fresh) return undefined;
  const row = run.db
    .prepare<[number, number, number, number], { scope: number; idx: number; status: number; attempt: number }>(
      'select scope, idx, status, attempt from batches where run = ? and node = ? and parent = ? and status <> ? order by idx desc limit 1',
    )
    .get(run.id, id, scope.id, BatchStatus.superseded);
  if (!row) return undefined;
  const round = new Scope(row.scope, { path, parent: scope, index: row.idx, attempt: row.attempt });
  restoreScope(run, round);
  restoreResults(run, round);
  round.last = lastOfRounds(run, scope, id);
  round.restoreItems = scope.restoreItems;
  return { scope: round, index: row.idx, done: row.status === BatchStatus.succeeded };
}

/** The next condition reads the results of a round that is over by their names, though its chain is not walked again. */
function restoreResults(run: Run, round: Scope): void {
  const results = run.db
    .prepare<[number, number, number], { node: number; path: string }>(
      `select s.node, n.path from steps s join nodes n on n.run = s.run and n.node = s.node
     where s.run = ? and s.scope = ? and s.status = ? and n.kind in ${RESULT_KINDS_SQL}`,
    )
    .all(run.id, round.id, StepStatus.succeeded);
  for (const { node, path } of results) {
    const checkpoint = round.checkpoints.get(node);
    // Members of a parallel or a race lie one deeper, and are no steps of the round.
    if (checkpoint && isDirectlyInside(path, round.path)) round.keep(idOf(path), checkpoint);
  }
}

/** What `ctx.last` was: a round in which no step ran leaves what the one before it left. */
function lastOfRounds(run: Run, scope: Scope, id: number): Checkpoint | undefined {
  const row = run.db
    .prepare<[number, number, number, number], { node: number; attempt: number; output: string }>(
      `select s.node, s.attempt, s.output from batches b
     join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and s.attempt = b.last_attempt
     where b.run = ? and b.node = ? and b.parent = ? and b.idx >= 0 and s.status = ? order by b.idx desc limit 1`,
    )
    .get(run.id, id, scope.id, StepStatus.succeeded);
  return row && new Checkpoint(row.node, row.attempt, row.output);
}
