import { useEffect, useMemo, useState } from 'react';
import { notice } from '../../stores/notice.ts';
import { elkInWorker } from './elk-worker.ts';
import { layOutGraph } from '../../model/graph/layout.ts';
import type { Layout } from '../../model/graph/geometry.ts';
import { pageMeasure } from './page-measure.ts';
import type { Plan } from '../../model/graph/plan.ts';
import { labelCount, sizesOf, type MapSizes } from '../../model/graph/sizes.ts';
import type { Measure } from '../../model/graph/wrap-text.ts';

/** A plan and where its parts are. */
export interface LaidOutPlan {
  readonly plan: Plan;
  readonly layout: Layout;
}

interface KnownLayout extends LaidOutPlan {
  readonly key: string;
  readonly shape: string;
}

/** The latest layout of each workflow: an edit moves as little of it as it can, and a return finds it as it was. */
const latest = new Map<string, KnownLayout>();
let pageMeasured: Measure | undefined;

/**
 * Lays a plan out, when its structure or a card's size has changed and not otherwise. Until it is done, what was there
 * before stays.
 * @param room How wide rows may be
 */
export function useLayout(
  key: string,
  plan: Plan | undefined,
  maps: MapSizes,
  room: number | undefined,
): LaidOutPlan | undefined {
  const [done, setDone] = useState<KnownLayout | undefined>(() => latest.get(key));
  const input = useMemo(() => {
    if (!plan) return undefined;
    const measure = (pageMeasured ??= pageMeasure());
    const sizes = sizesOf(plan, measure, maps);
    const counts = (fork: string) => labelCount(plan, fork, maps);
    // Whatever the layout is made from: the same text, the same layout.
    const shape = JSON.stringify([
      plan.chain,
      room,
      [...sizes],
      plan.edges.map(({ id, branch }) => [id, branch?.label, branch && counts(branch.fork)]),
    ]);
    return { sizes, measure, counts, shape };
  }, [plan, maps, room]);
  const shape = input?.shape;
  useEffect(() => {
    if (!plan || !input || latest.get(key)?.shape === shape) return undefined;
    let given = true;
    layOutGraph(plan, input.sizes, input.measure, input.counts, elkInWorker, { before: latest.get(key)?.layout, room })
      .then(layout => {
        if (!given) return;
        const result = { key, shape: input.shape, plan, layout };
        latest.set(key, result);
        setDone(result);
      })
      .catch(notice);
    return () => {
      given = false;
    };
    // The plan belongs to its shape: a plan of the same shape needs no other layout.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key, shape]);
  const current = done?.key === key ? done : latest.get(key);
  return useMemo(() => {
    if (!plan || !current) return undefined;
    return { plan: current.shape === shape ? plan : current.plan, layout: current.layout };
  }, [plan, current, shape]);
}
