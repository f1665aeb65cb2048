import type { Database } from 'better-sqlite3';
import { described, type EffectStatus } from '../../common/effects.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { encode } from '../../engine/store/codec.ts';
import { countEffects, listEffects, type EffectLine } from '../../engine/store/effect-queries.ts';
import { checkSettled, settleEffect, type Settlement } from '../../engine/store/effect-settling.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { parseArguments, parseJson, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { effectLine, effectsText } from '../view/effects.ts';
import { effectEvent, effectsEvent, printEvent } from '../view/json.ts';
import { Titles } from '../view/titles.ts';
import { withStore } from '../with-store.ts';

const STATUSES: readonly EffectStatus[] = ['unknown', 'failed', 'done', 'begun'];

export async function effects(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'effects', 'the number of a run', {
    only: { type: 'string' },
    done: { type: 'string', multiple: true },
    'not-done': { type: 'string', multiple: true },
    receipt: { type: 'string' },
    'dry-run': { type: 'boolean' },
  });
  const run = runNumber(operand);
  const only = statusOf(text(values.only));
  const settlements = settlementsOf(values);
  const isDry = values['dry-run'] === true;
  const json = values.json === true;
  if (isDry && settlements.length === 0)
    throw new UsageError('--dry-run shows what --done and --not-done would settle: give one of them.');
  const store = findStore(text(values.store));
  return await withStore(store, settlements.length > 0 && !isDry ? 'write' : 'read', db => {
    const titles = new Titles(parseStoredGraph(requireRun(db, run).graph));
    const print = (effect: EffectLine) => {
      if (json) printEvent(effectEvent(effect));
      else process.stdout.write(`${effectLine(effect, titles)}\n`);
    };
    if (settlements.length > 0) settle(db, run, settlements, isDry).forEach(print);
    else for (const effect of listEffects(db, run, isLive(db, run), only)) print(effect);
    const counts = countEffects(db, run, isLive(db, run));
    if (json) printEvent(effectsEvent(run, counts));
    else process.stdout.write(`${effectsText(run, counts, store)}\n`);
    return 0;
  });
}

interface Named {
  readonly key: string;
  readonly settlement: Settlement;
}

/** All of them or none. */
function settle(db: Database, run: number, named: readonly Named[], isDry: boolean): EffectLine[] {
  if (isDry)
    return named.map(({ key, settlement }) => {
      const before = checkSettled(db, run, key, isLive(db, run));
      return settlement.as === 'done'
        ? { ...before, status: 'done', receipt: settlement.receipt, settled: 'person' }
        : { ...before, status: 'failed', receipt: null, settled: 'person' };
    });
  const all = db.transaction(() =>
    named.map(({ key, settlement }) => settleEffect(db, run, key, settlement, systemClock.now())),
  );
  return all.immediate();
}

function isLive(db: Database, run: number): boolean {
  return ownerOf(db, run) !== undefined;
}

function settlementsOf(values: ReturnType<typeof parseArguments>['values']): Named[] {
  const done = Array.isArray(values.done) ? (values.done as string[]) : [];
  const notDone = Array.isArray(values['not-done']) ? (values['not-done'] as string[]) : [];
  const receipt = text(values.receipt);
  if (receipt !== undefined && done.length !== 1)
    throw new UsageError('--receipt belongs to one effect that was done: give one --done <key> with it.');
  const both = done.find(key => notDone.includes(key));
  if (both !== undefined) throw new UsageError(`The effect ${described(both)} is given as done and as not done.`);
  const value = receipt === undefined ? undefined : parseJson(receipt, '--receipt');
  return [
    ...done.map((key): Named => ({ key, settlement: { as: 'done', receipt: encode(value, 'the receipt') } })),
    ...notDone.map((key): Named => ({ key, settlement: { as: 'not done' } })),
  ];
}

function statusOf(given: string | undefined): EffectStatus | undefined {
  const status = STATUSES.find(known => known === given);
  if (given !== undefined && status === undefined)
    throw new UsageError(`--only ${described(given)}: it is unknown, failed or done.`);
  return status;
}
