import { CONDITION_KIND } from '../../../common/node-kinds.ts';
import { conditionPath } from '../../../common/node-paths.ts';
import { decode } from '../../store/codec.ts';
import type { WaitRow } from '../../store/wait-store.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { DurableWaitNode, EventNode } from '../../workflow/nodes.ts';
import { StepContext } from '../context.ts';
import type { Run } from '../run.ts';
import { runAttempt, StepFailed } from '../run-attempt.ts';
import type { Scope } from '../scope.ts';
import type { Answer, Waits } from './waits.ts';

interface Waiting<N extends DurableWaitNode> {
  readonly scope: Scope;
  readonly node: N;
  readonly path: string;
  readonly wait: WaitRow;
}

/** What the condition of a wait has said of an event: of the one that answers the wait with this token. */
interface Verdict {
  readonly token: string;
  readonly isMeant: boolean;
}

/**
 * The answer of a wait, and the wait that it ends: an event that the author's `filter` does not take is passed over, and the step waits on
 * for those published after it, also if the process ends meanwhile.
 */
export async function chosenAnswer(
  run: Run,
  waits: Waits,
  { scope, node, path, wait: first }: Waiting<DurableWaitNode>,
): Promise<{ readonly answer: Answer; readonly wait: WaitRow }> {
  for (let wait = first; ; wait = await waits.passOver(wait)) {
    const replaced = run.replacements?.answer(path, node);
    const answer = await (replaced ?? waits.answer(wait, scope));
    if (answer.status === 'timeout' || node.kind !== 'waitForEvent' || !(node.filter ?? node.validate))
      return { answer, wait };
    try {
      if (await isMeant(run, { scope, node, path, wait }, answer)) return { answer, wait };
    } catch (error) {
      // Whoever tries it again waits for another one.
      if (error instanceof StepFailed) run.journal.write(() => waits.take(wait));
      throw error;
    }
    if (replaced)
      throw new Error(
        `The event ${describeValue(node.event)} of this test is passed over by the filter of ${describeValue(path)}.`,
      );
  }
}

/** A checkpoint of its own, so that a resume does not ask again. @throws StepFailed where the event is wrong */
async function isMeant(run: Run, { scope, node, path, wait }: Waiting<EventNode>, answer: Answer): Promise<boolean> {
  const asked = conditionPath(path);
  const id = run.numbering.node(asked, CONDITION_KIND);
  const known = scope.checkpoints.get(id)?.output as Verdict | undefined;
  if (known?.token === wait.token) return known.isMeant;
  const { filter, validate, event } = node;
  const verdict = await runAttempt(run, {
    scope,
    node: id,
    path: asked,
    at: node.at,
    functions: () => [filter, validate],
    call: async (attempt): Promise<Verdict> => {
      const context = new StepContext(run, scope, attempt);
      const { token } = wait;
      if (filter && !(await filter(decode(answer.text), context))) return { token, isMeant: false };
      const valid = validate ? await validate(decode(answer.text), context) : true;
      if (valid === true) return { token, isMeant: true };
      const why = typeof valid === 'string' && valid !== '' ? valid : 'its validate did not return true';
      throw new Error(`The event ${describeValue(event)} is not valid: ${why}.`);
    },
  });
  scope.setCheckpoint(undefined, verdict);
  scope.setResult(id, { attempt: verdict.attempt, output: null, failed: false });
  return (verdict.output as Verdict).isMeant;
}
