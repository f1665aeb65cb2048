import { Flow, type FlowView, type SourceLocations } from '../workflow/flow.ts';
import type { FlowNode } from '../workflow/nodes.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';

/** Walks a chain of nodes in a scope: runChain of interpreter.ts, handed to what it calls for the chains inside. */
export type Walk = (run: Run, scope: Scope, nodes: readonly FlowNode[], places: SourceLocations) => Promise<void>;

/** Calls a body, which builds its chain anew for this scope: at once, unless it is async. */
export function buildBody(
  run: Run,
  scope: Scope,
  places: SourceLocations,
  body: (flow: Flow) => unknown,
): readonly FlowNode[] | Promise<readonly FlowNode[]> {
  const flow = new Flow(scope.path, places, new BodyView(run, scope));
  const built = body(flow);
  return built instanceof Promise
    ? run.orAborted(built, scope).then(() => finished(flow, scope))
    : finished(flow, scope);
}

function finished(flow: Flow, scope: Scope): readonly FlowNode[] {
  scope.names = flow.names;
  return flow.finish();
}

/** What a body's `flow` reads while its steps run. A class: an object with getters of its own would be six functions a batch. */
class BodyView implements FlowView {
  readonly #run: Run;
  readonly #scope: Scope;

  constructor(run: Run, scope: Scope) {
    this.#run = run;
    this.#scope = scope;
  }

  get payload(): unknown {
    return this.#run.payload;
  }
  get steps(): unknown {
    return this.#scope.steps;
  }
  get last(): unknown {
    return this.#scope.lastOutput;
  }
  get state(): unknown {
    return this.#run.currentState;
  }
  get run(): unknown {
    return this.#run.info;
  }
  get signal(): unknown {
    return this.#run.currentSignal;
  }
}
