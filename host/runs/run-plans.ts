import type { Graph } from '../../common/graph.ts';
import type { Result } from '../api/api.ts';
import { failed, problemOf, succeeded } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import { hasCodeChanged } from '../../engine/load/code-changes.ts';
import { engineRequest } from './engine-request.ts';
import type { RerunRequest } from './rerun-queue.ts';

/** A person learns nothing from more indices than this; `batches` says how many there are. */
const MOST_INDICES = 10_000;

/** What a re-run would do, found out without doing it. */
export async function planRerun(
  store: Store,
  run: number,
  request: RerunRequest,
  graphOfWorkflow: (workflow: string) => Graph | undefined,
): Promise<Result<'planRerun'>> {
  try {
    const { workflow } = await store.do('runItem', run);
    const plan = await store.do('plan', { run, request: engineRequest(request), now: graphOfWorkflow(workflow) });
    return succeeded({
      nodes: plan.nodes.map(({ path, batches, indices }) => ({
        path,
        batches,
        indices: indices.slice(0, MOST_INDICES),
      })),
      steps: [...plan.steps],
      reused: plan.reused,
      repeats: [...plan.repeats],
      takenBack: [...plan.takenBack],
      notTakenBack: [...plan.notTakenBack],
      effects: [...plan.effects],
      discarded: [...plan.discarded],
      codeChanged: await hasCodeChanged(plan.sources),
    });
  } catch (error) {
    return failed(problemOf(error));
  }
}
