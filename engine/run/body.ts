import { Flow, type FlowView, type Places } from '../workflow/flow.ts';
import type { FlowNode } from '../workflow/nodes.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';

/** Walks a chain of nodes in a scope: runChain of interpreter.ts, handed to what it calls for the chains inside. */
export type Walk = (run: Run, scope: Scope, nodes: readonly FlowNode[], places: Places) => Promise<void>;

/** Calls a body, which builds its chain anew for this scope. */
export async function buildBody(run: Run, scope: Scope, places: Places, body: (flow: Flow) => unknown): Promise<readonly FlowNode[]> {
  const flow = new Flow(scope.path, places, viewOf(run, scope));
  const built = body(flow);
  if (built instanceof Promise) await run.orBroken(built, scope);
  scope.names = flow.names;
  return flow.finish();
}

/** What a body's `flow` reads while its steps run. */
function viewOf(run: Run, scope: Scope): FlowView {
  return {
    get payload() { return run.payload; },
    get steps() { return scope.steps; },
    get last() { return scope.lastOutput; },
    get state() { return run.currentState; },
    get run() { return run.info; },
    get signal() { return run.currentSignal; },
  };
}
