import type { NodeAnswers, Result, ResumeReport, RunItem } from '../api/api.ts';
import { failed, problemOf, succeeded } from '../api/outcomes.ts';
import type { ResumePlan } from '../store/mutations.ts';
import type { Store } from '../store/store.ts';
import { hasCodeChanged } from '../../engine/load/code-changes.ts';
import type { CodeOfRun } from '../workspace/code-of-run.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';

/** A person learns nothing from more indices than this; `batches` says how many there are. */
const MOST_INDICES = 10_000;

/** The workflow of a run as its file is now. */
type CodeOf = (run: RunItem) => Promise<CodeOfRun>;

/** What a re-run would do, found out without doing it. */
export async function planRerun(
  store: Store,
  run: number,
  request: () => Promise<RerunRequest>,
  codeOf: CodeOf,
): Promise<Result<'planRerun'>> {
  try {
    const code = await codeOf(await store.do('runItem', run));
    // The re-run itself would be refused, too.
    if (code.kind === 'missing') return failed(code.problem);
    const now = code.kind === 'drawn' ? code.graph : undefined;
    const plan = await store.do('plan', { run, request: await request(), now });
    return succeeded({
      nodes: plan.nodes.map(({ path, batches, indices }) => ({
        path,
        batches,
        indices: indices.slice(0, MOST_INDICES),
      })),
      steps: [...plan.steps],
      reused: plan.reused,
      waiting: [...plan.waiting],
      repeats: [...plan.repeats],
      effects: [...plan.effects],
      setAside: [...plan.setAside],
      takenIn: [...plan.takenIn],
      ...(await answeredIn(plan)),
    });
  } catch (error) {
    return failed(problemOf(error));
  }
}

/** What a resume would do to what is stored, found out without doing it. */
export async function planResume(
  store: Store,
  run: number,
  answers: NodeAnswers,
  codeOf: CodeOf,
): Promise<Result<'planResume'>> {
  try {
    const code = await codeOf(await store.do('runItem', run));
    if (code.kind === 'missing') return failed(code.problem);
    const now = code.kind === 'drawn' ? code.graph : undefined;
    return succeeded(await answeredIn(await store.do('resumePlan', { run, answers, now })));
  } catch (error) {
    return failed(problemOf(error));
  }
}

async function answeredIn({ discarded, takenBack, notTakenBack, sources }: ResumePlan): Promise<ResumeReport> {
  return {
    discarded: [...discarded],
    takenBack: [...takenBack],
    notTakenBack: [...notTakenBack],
    codeChanged: await hasCodeChanged(sources),
  };
}
