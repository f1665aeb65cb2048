import { decided } from '../../engine/run/durable-waits/answers.ts';
import * as waits from '../../engine/store/answer-wait.ts';
import { batchLine } from '../../engine/store/batch-queries.ts';
import { batchLabels } from '../../engine/store/batch-labels.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { rootOf as outermost } from '../../engine/store/subflow-store.ts';
import { placeIn } from '../../engine/store/subflow-queries.ts';
import { userName } from '../../engine/user-name.ts';
import type { Args, Result } from '../api/api.ts';
import { lineOf } from './runs.ts';
import { shown } from './show.ts';
import type { StoreConnection } from './store-connection.ts';

/* What runs wait for that only people or events bring. */

const MOST_SHOWN = 50;

export function getWaits(store: StoreConnection, { run }: Args<'getWaits'>): Result<'getWaits'> {
  const { db, line } = lineOf(store, run);
  const labelOf = batchLabels(db, run);
  const { approvals = 0, events = 0 } = line;
  const open = waits.openWaits(db, run, MOST_SHOWN);
  return {
    waits: open.map(({ run: waiting, token, kind, event, description, payload, since, until, ...own }) => {
      // In a run that is a part of this one it is waited for by the step that has started that.
      const { path, scope } = placeIn(db, run, waiting) ?? own;
      const batch = scope === 0 ? undefined : batchLine(db, run, scope);
      return {
        ...{ token, kind, path, scope, since },
        ...(batch && { batch: labelOf(scope).label ?? `#${batch.idx}` }),
        ...(event !== null && { event }),
        ...(description !== null && { description }),
        ...(payload !== null && kind === 'humanInTheLoop' && { payload: shown(payload) }),
        ...(until !== null && { until }),
      };
    }),
    total: open.length < MOST_SHOWN ? open.length : approvals + events,
  };
}

/** @throws RunStateError where it is answered already, or too late */
export function answerWait(store: StoreConnection, { run, token, approved, reason }: Args<'answerWait'>): void {
  const { db } = lineOf(store, run);
  const by = userName();
  waits.answerWait(
    db,
    { run, token },
    { text: decided({ approved, reason: reason === '' ? undefined : reason, by }), by, at: Date.now() },
  );
}

/** The run that is resumed for a run to go on: the outermost that it is a part of, or itself. */
export function rootOf(store: StoreConnection, run: number): number {
  return outermost(lineOf(store, run).db, run);
}

/** Who goes on with a run that was given an answer: see `afterAnswer`. `works`: its process has not looked yet. */
export function afterAnswer(store: StoreConnection, run: number): 'goes on' | 'works' | 'rests' | 'paused' {
  const { db, line } = lineOf(store, run);
  if (!waits.hasAnswer(db, run)) return 'goes on';
  if (ownerOf(db, run)) return 'works';
  return line.status === 'paused' && line.rests !== 1 ? 'paused' : 'rests';
}
