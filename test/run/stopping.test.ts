import { describe, expect, test, vi } from 'vitest';
import type { Abortable } from '../../engine/run/abort-registry.ts';
import { Scope } from '../../engine/run/scope.ts';
import { StopError } from '../../engine/run/stop.ts';
import { Stopping } from '../../engine/run/stopping.ts';
import { orAborted, ready, wait } from '../../engine/run/waits.ts';
import { SimulatedClock } from '../support/clock.ts';

const STOP = { as: 'paused', reason: 'lunch' } as const;
const committed = { committed: async () => undefined } as never;

function setUp() {
  const clock = new SimulatedClock();
  const stopping = new Stopping(clock, 5_000);
  const root = new Scope(0, { path: '' });
  const batch = new Scope(1, { path: 'load', parent: root, index: 0 });
  return { clock, stopping, root, batch, run: { clock, stopping, journal: committed } };
}

function work(scopeOf: Scope): Abortable & { readonly signalled: Error[]; readonly aborted: Error[] } {
  const signalled: Error[] = [];
  const aborted: Error[] = [];
  return {
    scopeOf,
    signalled,
    aborted,
    abort: error => void aborted.push(error),
    signalAbort: error => void signalled.push(error),
  };
}

describe('a stop', () => {
  test('asks work to stop, and ends it when the grace period is over', async () => {
    const { clock, stopping, root, batch } = setUp();
    const [step, ended] = [work(batch), work(root)];
    stopping.abortables.register(step);
    stopping.abortables.register(ended);
    stopping.abortables.unregister(ended);
    stopping.request(STOP);
    expect(step.signalled).toEqual([expect.any(StopError)]);
    await clock.advance(4_999);
    expect(step.aborted).toEqual([]);
    await clock.advance(1);
    expect(step.aborted).toEqual(step.signalled);
    expect([ended.signalled, ended.aborted]).toEqual([[], []]);
  });

  test('ends work that has no code of the author at once', () => {
    const { stopping, root } = setUp();
    const abort = vi.fn<(error: Error) => void>();
    stopping.abortables.register({ scopeOf: root, abort });
    stopping.request(STOP);
    expect(abort).toHaveBeenCalledExactlyOnceWith(expect.any(StopError));
  });

  test('is the first that was requested', () => {
    const { stopping, root } = setUp();
    stopping.check(root);
    stopping.request(STOP);
    stopping.request({ as: 'cancelled', reason: 'later' });
    expect(stopping.stop).toBe(STOP);
    expect(() => stopping.check(root)).toThrow('The run is being paused: lunch');
  });

  test('leaves no timer when the run has ended', () => {
    const { clock, stopping } = setUp();
    stopping.request(STOP);
    expect(clock.pending).toBe(1);
    stopping.end();
    expect(clock.pending).toBe(0);
  });

  test('that is to be obeyed now does not wait for the grace period', () => {
    const { stopping, root } = setUp();
    const step = work(root);
    stopping.abortables.register(step);
    stopping.requestNow(STOP);
    expect(step.aborted).toHaveLength(1);
  });
});

test('a scope is ended with everything in it, and with nothing beside it', () => {
  const { stopping, root, batch } = setUp();
  const inner = new Scope(2, { path: 'load/each', parent: batch, index: 0 });
  const [outside, inside] = [work(root), work(inner)];
  stopping.abortables.register(outside);
  stopping.abortables.register(inside);
  const error = new Error('timeout');
  stopping.abortScope(batch, error);
  expect([outside.aborted, inside.aborted]).toEqual([[], [error]]);
  expect(() => stopping.check(inner)).toThrow(error);
  expect(() => stopping.check(root)).not.toThrow();
});

describe('waiting', () => {
  test('ends with time, with the run, or with the scope', async () => {
    const { clock, stopping, batch, run } = setUp();
    const done = wait(run, 100, batch);
    const stopped = wait(run, 1_000, batch);
    await clock.advance(100);
    await done;
    stopping.request(STOP);
    await expect(stopped).rejects.toThrow(StopError);
    await expect(wait(run, 1, batch)).rejects.toThrow(StopError);
    stopping.end();
    expect(clock.pending).toBe(0);
  });

  test('for a promise of the author ends at the grace period, not before', async () => {
    const { clock, stopping, batch, run } = setUp();
    const settled = vi.fn<(outcome: unknown) => void>();
    const waiting = orAborted(run, new Promise(() => undefined), batch).then(settled, settled);
    stopping.request(STOP);
    await clock.advance(4_999);
    expect(settled).not.toHaveBeenCalled();
    await clock.advance(1);
    await waiting;
    expect(settled).toHaveBeenCalledExactlyOnceWith(expect.any(StopError));
  });

  test('until all is stored notices a stop that came meanwhile', async () => {
    const { stopping, batch, run } = setUp();
    const waiting = ready(run, batch);
    stopping.request(STOP);
    await expect(waiting).rejects.toThrow(StopError);
  });
});
