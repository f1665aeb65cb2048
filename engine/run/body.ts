import { Flow, type FlowView, type SourceLocations } from '../workflow/flow.ts';
import type { FlowNode } from '../workflow/nodes.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { orAborted } from './waits.ts';

/** Executes a chain of nodes in a scope. This is runChain of interpreter.ts, which passes itself on for the chains inside. */
export type Walk = (run: Run, scope: Scope, nodes: readonly FlowNode[], locations: SourceLocations) => Promise<void>;

/** Calls a body, which builds its chain for this scope: at once, unless it is async. */
export function buildBody(
  run: Run,
  scope: Scope,
  locations: SourceLocations,
  body: (flow: Flow) => unknown,
): readonly FlowNode[] | Promise<readonly FlowNode[]> {
  const flow = new Flow(scope.path, locations, new BodyView(run, scope));
  const built = body(flow);
  return built instanceof Promise
    ? orAborted(run, built, scope).then(() => finished(flow, scope))
    : finished(flow, scope);
}

function finished(flow: Flow, scope: Scope): readonly FlowNode[] {
  scope.names = flow.names;
  return flow.finish();
}

/** What a body's `flow` reads while its steps run. A class, because an object with getters would be six functions a batch. */
class BodyView implements FlowView {
  readonly #run: Run;
  readonly #scope: Scope;

  constructor(run: Run, scope: Scope) {
    this.#run = run;
    this.#scope = scope;
  }

  get payload(): unknown {
    return this.#run.facts.payload;
  }
  get steps(): unknown {
    return this.#scope.steps;
  }
  get last(): unknown {
    return this.#scope.lastOutput;
  }
  get state(): unknown {
    return runningAttempt('state').state;
  }
  get run(): unknown {
    return this.#run.facts.info;
  }
  get signal(): unknown {
    return runningAttempt('signal').signal;
  }
}

/** The step that reads `flow.state` or `flow.signal`. */
function runningAttempt(member: 'state' | 'signal'): Attempt {
  const attempt = currentAttempt.getStore();
  if (attempt) return attempt;
  throw new Error(`flow.${member} can be used inside a step. Where a body is built, no step is running yet.`);
}
