import { decode, encode } from '../store/codec.ts';
import { Journal } from '../store/journal.ts';
import { ProbeStore } from '../store/probe-store.ts';
import { RunReader } from '../store/run-reader.ts';
import { RunWriter } from '../store/run-writer.ts';
import { nodePath } from '../../common/node-paths.ts';
import { hasBatches } from '../../common/node-kinds.ts';
import { describeValue } from '../workflow/errors.ts';
import type { BatchNode, Definition, FlowNode } from '../workflow/nodes.ts';
import { takeDefinitions } from '../workflow/registry.ts';
import { Stopwatch, systemClock } from '../run/clock.ts';
import { executeBody } from '../run/probe/execute-body.ts';
import { ProbedEffects } from '../run/probe/probed-effects.ts';
import { StepFailed } from '../run/run-attempt.ts';
import { Run } from '../run/run.ts';
import { RunFacts } from '../run/run-facts.ts';
import { Checkpoint, Scope } from '../run/scope.ts';
import type { BatchToExecute } from './types.ts';

/** Those that the files of this process have defined: a test may execute several batches. */
const definitions = new Map<string, Definition>();

/** What {@link ExecuteBatch} says. */
export async function executeBatch(batch: BatchToExecute): Promise<unknown> {
  const definition = definitionOf(batch.workflow);
  const path = nodePath('', batch.node);
  const node = nodeOf(definition, batch.node);
  const memory = new ProbeStore({
    id: 1,
    uid: crypto.randomUUID(),
    workflow: definition.id,
    name: definition.name,
    file: definition.at?.file ?? '',
    status: 'running',
    reason: null,
    payload: encode(batch.payload, 'payload'),
    output: null,
    error: null,
    graph: '{}',
    counts: null,
    started_at: 0,
    ended_at: null,
    active_ms: 0,
    durability: 'normal',
    key: null,
    demo: 0,
    rests: 0,
    presented: null,
  });
  const { row } = memory;
  const failures: unknown[] = [];
  const journal = new Journal(memory.db, ':memory:', { onFailure: error => failures.push(error) });
  const effects = new ProbedEffects({ find: () => undefined });
  const run = new Run({
    facts: new RunFacts(row),
    clock: systemClock,
    stopwatch: new Stopwatch(systemClock),
    activeBefore: 0,
    journal,
    writer: new RunWriter(memory.db, row.id, 1),
    stored: new RunReader(memory.db, row.id),
    effects: () => effects,
    isProbe: true,
    graceMs: 0,
  });
  run.state.restore(
    Object.entries(batch.state ?? {}).map(([key, value]) => ({
      key,
      value: encode(value, `state.${key}`),
      version: 1,
    })),
  );
  // As the steps of a run get them: copies, which a step may change.
  const texts = batch.items.map((item, index) => encode(item, `items[${index}]`));
  const scope = new Scope(run.numbering.newScope(), {
    path,
    parent: rootOf(definition, batch),
    index: 0,
    batch: { node: batch.node, index: 0, items: texts.length },
    itemsText: texts.join(' '),
  });
  try {
    await executeBody(run, { node, locations: definition.locations, scope, items: texts.map(decode) });
    await journal.committed();
    if (failures.length > 0) throw failures[0];
    return scope.last?.output;
  } catch (error) {
    if (effects.needed !== undefined) return undefined;
    throw error instanceof StepFailed ? error.thrown : error;
  } finally {
    run.stopping.requestNow({ as: 'interrupted', reason: 'the test has ended' });
    run.stopping.end();
    await journal.committed();
    memory.db.close();
  }
}

function definitionOf(workflow: string): Definition {
  for (const definition of takeDefinitions()) definitions.set(definition.id, definition);
  const definition = definitions.get(workflow);
  if (definition) return definition;
  const known = [...definitions.keys()].map(describeValue).join(', ');
  throw new Error(
    `No workflow ${describeValue(workflow)} is defined here${known === '' ? '' : `, but ${known}`}. Import its file in the test: import './${workflow}.ts'.`,
  );
}

function nodeOf({ id: workflow, flow }: Definition, id: string): BatchNode {
  const node = find(flow.finish(), id);
  if (node && hasBatches(node.kind)) return node as BatchNode;
  throw new Error(
    `The workflow ${describeValue(workflow)} has no batch node ${describeValue(id)}. Has it been renamed, or does it stand in the body of another one?`,
  );
}

function find(nodes: readonly FlowNode[], id: string): FlowNode | undefined {
  for (const node of nodes) {
    if (node.id === id) return node;
    if (node.kind !== 'if') continue;
    for (const branch of node.branches) {
      const found = find(branch.nodes, id);
      if (found) return found;
    }
  }
  return undefined;
}

/** The workflow itself, with the outputs that are given. One that is read and not given is said to be missing. */
function rootOf({ flow }: Definition, { node, steps = {} }: BatchToExecute): Scope {
  const root = new Scope(0, { path: '' });
  root.names = flow.names;
  let number = 0;
  for (const name of flow.names.keys()) {
    if (name === node) break;
    // The numbers of nodes that are executed begin at 1.
    number -= 1;
    const text = () => {
      if (Object.hasOwn(steps, name)) return encode(steps[name], `steps.${name}`);
      throw new Error(
        `The test gives no output of the step ${describeValue(name)}, which is read here. Add it: steps: { ${JSON.stringify(name)}: … }`,
      );
    };
    root.setCheckpoint(name, new Checkpoint(number, 1, text));
  }
  return root;
}
