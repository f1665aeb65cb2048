import { useEffect, useState } from 'react';
import type { Problem } from '../../../host/api/api.ts';
import { toProblem } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';

export type Plan<R> =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly report: R }
  /** Without a problem, it is a question that has to be answered. */
  | { readonly state: 'refused'; readonly problem: Problem | undefined };

type Outcome<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly problem: Problem };

/**
 * The plan of what a dialog is about to do, made again when what is asked for changes, or a file is saved.
 * @param request All that it depends on, as JSON
 * @param take See `AskedQuestions`
 */
export function usePlan<R>(
  request: string,
  make: () => Promise<Outcome<R>>,
  take: (problem: Problem) => Problem | undefined,
): { readonly plan: Plan<R>; readonly isCurrent: boolean } {
  const workspace = useStudio(state => state.workspace);
  const [made, setMade] = useState<{ readonly request: string; readonly plan: Plan<R> }>();
  useEffect(() => {
    let isWanted = true;
    const note = (plan: Plan<R>) => {
      if (isWanted) setMade({ request, plan });
    };
    const refuse = (problem: Problem) => {
      if (isWanted) note({ state: 'refused', problem: take(problem) });
    };
    make().then(
      outcome => (outcome.ok ? note({ state: 'known', report: outcome.value }) : refuse(outcome.problem)),
      (error: unknown) => refuse(toProblem(error)),
    );
    return () => {
      isWanted = false;
    };
    // A file that is saved meanwhile may change what it would do.
  }, [request, workspace]);
  return { plan: made?.plan ?? { state: 'asking' }, isCurrent: made?.request === request };
}
