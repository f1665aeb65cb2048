import type { Trigger } from '../../common/graph.ts';
import { systemClock } from '../run/clock.ts';
import { triggerStates, type TriggerState } from '../store/trigger-store.ts';
import type { Definition } from '../workflow/nodes.ts';
import { allDefinitions } from '../workflow/registry.ts';
import { nextFiring } from '../workflow/triggers.ts';
import { opened } from './engine.ts';
import type { RegisteredTrigger, TriggerStats } from './types.ts';

/*
 * What `cronflow.getTriggerStats` and its like give: the triggers that this program has defined, with what came of them where they are
 * switched on, which is not here.
 */

export function triggerStats(caller: string | undefined): TriggerStats {
  const triggers = registeredTriggers(caller);
  const of = (kind: Trigger['kind']) => triggers.filter(trigger => trigger.type === kind).length;
  return {
    total: triggers.length,
    webhook: of('webhook'),
    schedule: of('schedule'),
    interval: of('interval'),
    event: of('event'),
    manual: of('manual'),
    fired: triggers.filter(({ lastFiredAt }) => lastFiredAt !== undefined).length,
    triggers,
  };
}

export function registeredTriggers(caller: string | undefined): RegisteredTrigger[] {
  const states = triggerStates(opened(caller).db);
  return allDefinitions().flatMap(definition =>
    definition.triggers.map(trigger => registered(definition, trigger, stateOf(states, definition, trigger))),
  );
}

function stateOf(states: readonly TriggerState[], { id }: Definition, trigger: Trigger): TriggerState | undefined {
  return states.find(({ workflow, kind, on }) => workflow === id && kind === trigger.kind && on === trigger.on);
}

function registered({ id }: Definition, trigger: Trigger, state: TriggerState | undefined): RegisteredTrigger {
  const { kind, on } = trigger;
  // An interval counts from the moment at which it is switched on.
  const next = kind === 'schedule' ? nextFiring(trigger, systemClock.now()) : undefined;
  return {
    workflowId: id,
    type: kind,
    on,
    ...(next !== undefined && { nextFiresAt: new Date(next) }),
    ...(state?.firedAt && { lastFiredAt: new Date(state.firedAt) }),
    ...(state?.run && { lastRunId: String(state.run) }),
    ...(state?.note && { note: state.note }),
  };
}
