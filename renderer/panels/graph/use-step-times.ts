import { useEffect, useState } from 'react';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import type { StepTimes } from '../../model/graph/node-text.ts';
import type { StepState } from '../../model/graph/node-state.ts';
import type { PlanNode } from '../../model/graph/plan.ts';
import { whenAnswered } from './when-answered.ts';

/** How long a step took, and at which try: asked for when it is done. Steps inside batches have no one time. */
export function useStepTimes({ path, kind, repetition }: PlanNode, { state }: StepState): StepTimes {
  const run = useStudio(state => state.runId);
  const sessions = useStudio(state => state.detail?.sessions.length ?? 0);
  const [known, setKnown] = useState<StepTimes & { readonly key: string }>();
  const isDone =
    repetition === 'once' && (state === 'succeeded' || state === 'failed') && kind !== 'start' && kind !== 'end';
  const key = isDone && run !== undefined ? `${run} ${sessions} ${path} ${state}` : undefined;
  useEffect(() => {
    if (key === undefined || run === undefined) return undefined;
    return whenAnswered(
      () => api().getStep({ run, path }),
      ({ attempts }) => {
        const last = attempts.at(-1);
        setKnown({
          key,
          ms: last?.endedAt === undefined ? undefined : last.endedAt - last.startedAt,
          attempt: last?.attempt,
        });
      },
    );
  }, [key, run, path]);
  return known?.key === key && known ? known : {};
}
