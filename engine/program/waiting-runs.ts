import { systemClock } from '../run/clock.ts';
import { currentStore } from '../run/current-store.ts';
import { afterAnswer } from '../runner/after-answer.ts';
import * as waits from '../store/answer-wait.ts';
import { decode, encode } from '../store/codec.ts';
import { requireRun } from '../store/runs.ts';
import { rootOf } from '../store/subflow-store.ts';
import { userName } from '../user-name.ts';
import { opened } from './engine.ts';
import { handleOf } from './handle.ts';
import type { OpenedStore } from './opened-store.ts';
import { resume as resumeRun } from './program.ts';
import type { PausedWorkflow } from './types.ts';

/* What `cronflow.publishEvent`, `resume` and `listPausedWorkflows` do with the runs that wait. */

/** Stores an event. Runs that wait for it go on: here in a program; those that a step has published it for, when they are resumed. */
export async function publishEvent(name: string, payload: unknown, caller: string | undefined): Promise<void> {
  const event = { name, payload: encode(payload, 'payload'), by: userName(), at: systemClock.now() };
  const inStep = currentStore();
  if (inStep) return inStep.publishEvent(event);
  const store = opened(caller);
  for (const run of waits.publishEvent(store.db, event)) goOn(store, run);
}

/** Answers what a run waits for with a value, which is what the step comes to. @throws when nothing waits under the token */
export async function resume(token: string, answer: unknown, caller: string | undefined): Promise<void> {
  const given = { text: encode(answer, 'answer'), by: userName(), at: systemClock.now() };
  const inStep = currentStore();
  if (inStep) return inStep.answerWait(token, given);
  const store = opened(caller);
  const run = waits.answerWait(store.db, { token }, given);
  if ((await afterAnswer(store.db, run)) === 'rests') goOn(store, run);
}

export async function pausedWorkflows(caller: string | undefined): Promise<PausedWorkflow[]> {
  const { db } = opened(caller);
  return await Promise.resolve(
    waits.allOpenWaits(db).map(({ token, workflow, run, path, description, since, until, payload }) => ({
      token,
      workflowId: workflow,
      runId: String(run),
      stepId: path,
      description: description ?? '',
      createdAt: since,
      ...(until !== null && { expiresAt: until }),
      status: 'waiting',
      payload: decode(requireRun(db, run).payload),
      lastStepOutput: payload === null ? undefined : decode(payload),
    })),
  );
}

/** Resumes a run in a process of its own: the one that has begun it may be long gone. What becomes of it is in the store. */
function goOn(store: OpenedStore, waiting: number): void {
  const run = rootOf(store.db, waiting);
  handleOf(tell => resumeRun(run, { store }, tell), undefined).then(
    () => undefined,
    (error: unknown) => console.error(`Run ${run} cannot go on:`, error),
  );
}
