import { BatchStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import { CONDITION_KIND } from '../../common/node-kinds.ts';
import { conditionPath, idOf, isDirectlyInside, nodePath } from '../../common/node-paths.ts';
import type { FlowNode, WhileNode } from '../workflow/nodes.ts';
import { Attempt } from './attempt.ts';
import { buildBody, type Walk } from './body.ts';
import { StepContext } from './context.ts';
import type { OpenWorkRegister } from './open-work.ts';
import { restoreScope } from './restore.ts';
import type { Run } from './run.ts';
import { Checkpoint, Scope } from './scope.ts';
import { Stopwatch } from './clock.ts';
import { runAttempt, StepFailed } from './run-attempt.ts';
import { BatchCancelled, StopError } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { ready } from './waits.ts';

interface Round {
  readonly scope: Scope;
  readonly index: number;
  readonly done: boolean;
}

/**
 * Executes a while. Each round has its own scope, so that its steps have checkpoints of their own. The first
 * checkpoint is the answer of the condition, so a resumed run does not evaluate it again.
 */
export async function runWhile(
  run: Run,
  scope: Scope,
  node: WhileNode,
  path: string,
  locations: SourceLocations,
  walk: Walk,
): Promise<Checkpoint> {
  const id = run.numbering.node(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  const asked = conditionPath(path);
  await ready(run, scope);
  let before = lastRound(run, scope, id, path);
  const open = new OpenRound(run.openWork);
  if (before && !before.done) open.continue(before.scope.id);
  try {
    for (;;) {
      let round = before && !before.done ? before : undefined;
      let nodes: readonly FlowNode[] | undefined;
      if (!round) {
        const index = before ? before.index + 1 : 0;
        const seen = before?.scope ?? beforeFirstRound(scope, path, locations);
        const next = new Scope(run.numbering.newScope(), { path, parent: scope, index });
        next.last = before?.scope.last;
        next.restoreItems = scope.restoreItems;
        open.enter(next.id);
        const answer = await runAttempt(run, {
          scope: next,
          node: run.numbering.node(asked, CONDITION_KIND),
          path: asked,
          at: node.at,
          explain: node.explain,
          functions: () => [node.condition],
          call: async attempt => {
            if (!(await node.condition(new StepContext(run, seen, attempt) as never))) return false;
            if (index >= node.maxRounds) {
              throw new Error(
                `while ${describeValue(node.id)} has gone ${node.maxRounds} rounds and its condition still holds. ` +
                  `Fix the condition, or raise maxRounds.`,
              );
            }
            // Built inside the attempt: a body may read and write state, which commits with the answer.
            nodes = await buildBody(run, next, locations, flow => node.body(flow as never));
            return true;
          },
          alongside: output => {
            if (output === true) run.journal.write(() => run.writer.round(next.id, id, scope.id, index));
          },
        });
        if (answer.output !== true) return await finish(run, scope, node, id, path, index);
        next.setCheckpoint(undefined, answer);
        round = { scope: next, index, done: false };
      }
      await runRound(run, id, round, nodes ?? (await rebuildBody(run, round.scope, node, locations)), locations, walk);
      before = { ...round, done: true };
    }
  } finally {
    open.leave();
  }
}

/** The round that is being executed: there is one at a time. */
class OpenRound {
  readonly #register: OpenWorkRegister;
  #scope: number | undefined;

  constructor(register: OpenWorkRegister) {
    this.#register = register;
  }

  enter(scope: number): void {
    this.leave();
    this.#scope = scope;
    this.#register.begins(scope);
  }

  continue(scope: number): void {
    this.#scope = scope;
    this.#register.continues(scope);
  }

  leave(): void {
    if (this.#scope !== undefined) this.#register.ends(this.#scope);
  }
}

async function runRound(
  run: Run,
  node: number,
  { scope }: Round,
  nodes: readonly FlowNode[],
  locations: SourceLocations,
  walk: Walk,
): Promise<void> {
  const stopwatch = new Stopwatch(run.clock);
  const end = (status: BatchStatus, error: string | null) => {
    const { last } = scope;
    const endedAt = stopwatch.endedAt();
    run.journal.write(() =>
      run.writer.batchEnds({
        scope: scope.id,
        node,
        items: 0,
        status,
        startedAt: stopwatch.startedAt,
        endedAt,
        lastNode: last?.node ?? null,
        lastAttempt: last?.attempt ?? null,
        error,
      }),
    );
  };
  try {
    await walk(run, scope, nodes, locations);
    end(BatchStatus.succeeded, null);
  } catch (error) {
    if (error instanceof BatchCancelled) end(BatchStatus.cancelled, null);
    else if (!(error instanceof StopError))
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
  // Together with the answer that ends it: after a kill between the two, the condition would be asked again.
  return await runAttempt(run, {
    scope,
    node: id,
    path,
    explain: node.explain,
    atOnce: true,
    call: () => ({ rounds }),
  });
}

/**
 * What the first condition sees: the names of the body, none of which has a result yet. A name that no step has counts
 * as one of them.
 */
function beforeFirstRound(scope: Scope, path: string, locations: SourceLocations): Scope {
  const seen = new Scope(scope.id, { path, parent: scope, index: 0 });
  seen.names = { has: name => locations.has(nodePath(path, name)) || !scope.knows(name), keys: () => [] };
  return seen;
}

/**
 * Builds the body of a round that began in an earlier process. What it writes into the state was committed then, and is
 * not stored again.
 */
export async function rebuildBody(
  run: Run,
  scope: Scope,
  node: WhileNode,
  locations: SourceLocations,
): Promise<readonly FlowNode[]> {
  const asked = conditionPath(scope.path);
  const attempt = new Attempt(
    {
      scope,
      node: run.numbering.node(asked, CONDITION_KIND),
      path: asked,
      number: 1,
      stopwatch: new Stopwatch(run.clock),
    },
    run,
  );
  let nodes: readonly FlowNode[] = [];
  try {
    await attempt.perform(async () => {
      nodes = await buildBody(run, scope, locations, flow => node.body(flow as never));
    });
  } finally {
    attempt.end();
  }
  return nodes;
}

/** The round at which to resume: the last one. */
function lastRound(run: Run, scope: Scope, id: number, path: string): Round | undefined {
  if (scope.fresh) return undefined;
  const row = run.stored.batches.lastRound(id, scope.id);
  if (!row) return undefined;
  const round = new Scope(row.scope, { path, parent: scope, index: row.index, attempt: row.attempt });
  restoreScope(run, round);
  restoreResults(run, round);
  round.last = lastOfRounds(run, scope, id);
  round.restoreItems = scope.restoreItems;
  return { scope: round, index: row.index, done: row.status === BatchStatus.succeeded };
}

/** The next condition reads the results of a round that has ended by name, although its chain is not executed again. */
function restoreResults(run: Run, round: Scope): void {
  for (const { node, path } of run.stored.steps.namedResultsIn(round.id)) {
    const checkpoint = round.checkpoints.get(node);
    // Members of a parallel or a race are one level deeper, and are not steps of the round.
    if (checkpoint && isDirectlyInside(path, round.path)) round.setCheckpoint(idOf(path), checkpoint);
  }
}

/** The checkpoint that `ctx.last` had: a round without a step does not change it. */
function lastOfRounds(run: Run, scope: Scope, id: number): Checkpoint | undefined {
  const row = run.stored.steps.lastOfRounds(id, scope.id);
  return row && new Checkpoint(row.node, row.attempt, row.output);
}
