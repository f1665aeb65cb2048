import { describe, expect, test } from 'vitest';
import type { Counts, NodeProgress, Progress, RunStatus, StepProgress } from '../../host/api/api.ts';
import {
  batchFacts,
  batchLine,
  batchName,
  batchProgressText,
  stepFacts,
  stepName,
} from '../../renderer/model/graph/node-text.ts';
import { planOf } from '../../renderer/model/graph/planner.ts';
import { batchState, roundCount, stepState } from '../../renderer/model/graph/node-state.ts';
import { edgeState } from '../../renderer/model/graph/edge-state.ts';
import { branchCounts } from '../../renderer/model/graph/branch-counts.ts';
import type { RunFigures } from '../../renderer/model/graph/progress-index.ts';
import { step, batch, fork, graphOf, films, ran, batches, node } from './graph-fixtures.ts';

const counts = (total: number, succeeded = 0, failed = 0, running = 0, cancelled = 0): Counts => ({
  total,
  succeeded,
  failed,
  running,
  cancelled,
  waiting: total - succeeded - failed - running - cancelled,
  setAside: 0,
});

const progress = (
  status: RunStatus,
  steps: StepProgress[],
  nodes: NodeProgress[] = [],
  more: Partial<Progress> = {},
): Progress => ({
  status,
  steps,
  nodes,
  items: counts(0),
  batches: counts(0),
  failedBatches: 0,
  rate: 0,
  startedAt: 0,
  activeMs: 0,
  ...more,
});

const now = (...of: Parameters<typeof progress>): RunFigures => ({ progress: progress(...of), error: undefined });

describe('how nodes stand', () => {
  const plan = planOf(films);
  const failedRun = now(
    'failed',
    [
      ran('load', 1),
      ran('clean/trim', 21, 12),
      ran('clean/known', 21),
      ran('clean/convert', 19),
      ran('clean/mark', 2),
      ran('clean/count', 21),
    ],
    [batches('clean', counts(33, 21, 12))],
  );
  const running = now(
    'running',
    [ran('load', 1), ran('clean/trim', 14, 2, 3), ran('clean/known', 14)],
    [batches('clean', counts(33, 12, 2, 4))],
    { rate: 1200, left: [900, 2000] },
  );

  test('a failed batch node holds back what follows it', () => {
    expect(batchState(node(plan, 'clean'), failedRun)).toMatchObject({
      state: 'failed',
      failed: 12,
      succeeded: 21,
      total: 33,
      tolerated: false,
    });
    expect(stepState(node(plan, 'report'), failedRun)).toMatchObject({ state: 'unreached', waitsFor: 12 });
    expect(stepName(node(plan, 'report'), stepState(node(plan, 'report'), failedRun))).toBe(
      'Write the report, waits for 12 batches',
    );
    const states = Object.fromEntries(
      plan.edges.map(edge => [edge.id.replaceAll('n:', ''), edgeState(edge, plan.nodes, failedRun)]),
    );
    expect(states).toMatchObject({
      'start>load': 'done',
      'load>clean': 'done',
      'clean>report': 'stopped',
      'report>end': 'unreached',
      'clean/known>clean/mark#1': 'done',
    });
  });

  test('names say first what failed', () => {
    const trim = node(plan, 'clean/trim');
    expect(stepName(trim, stepState(trim, failedRun))).toBe('Trim titles, 12 failed, 21 done');
    expect(batchName(node(plan, 'clean'), batchState(node(plan, 'clean'), failedRun))).toBe(
      'Clean in causes of 100, 12 of 33 failed, 21 done, failed',
    );
  });

  test('while batches run, their container has pace and time left, and its steps go on', () => {
    const clean = node(plan, 'clean');
    const container = batchState(clean, running);
    expect(container).toMatchObject({ state: 'running', rate: 1200, leftFrom: 900, leftTo: 2000, concurrency: 4 });
    expect(batchLine(clean, container)).toBe('running · 1,200 films a second · 1 to 2 s left');
    expect([batchFacts(container).map(({ text }) => text), batchProgressText(container)]).toEqual([
      ['12 done', '2 failed', '4 running'],
      '14 / 33',
    ]);
    expect(stepState(node(plan, 'clean/known'), running).state).toBe('running');
    expect(stepState(node(plan, 'clean/count'), running).state).toBe('waiting');
    expect(stepState(node(plan, 'report'), running).state).toBe('waiting');
  });

  test('when all have ended, nothing is said twice; of a paused run, a step that batches have still to come to is not done', () => {
    const ended = batchState(node(plan, 'clean'), failedRun);
    expect([batchFacts(ended).map(({ text }) => text), batchProgressText(ended)]).toEqual([
      ['21 done', '12 failed'],
      '',
    ]);
    const paused: RunFigures = { ...running, progress: { ...running.progress, status: 'paused' } };
    expect(stepState(node(plan, 'clean/trim'), paused).state).toBe('paused');
  });

  test('of a run whose steps are still to be counted, none is said not to have been reached', () => {
    const opened = now('completed', [], [batches('clean', counts(33, 33))]);
    expect([stepState(node(plan, 'report'), opened).state, batchState(node(plan, 'clean'), opened).state]).toEqual([
      'idle',
      'succeeded',
    ]);
  });

  test('a stream says that there may be more', () => {
    expect(
      batchProgressText(
        batchState(
          node(plan, 'clean'),
          now('running', [], [batches('clean', counts(40, 12, 0, 4), { complete: false })]),
        ),
      ),
    ).toBe('12 / 40 so far');
  });

  test('tolerated failures leave a batch node succeeded', () => {
    const tolerant = planOf(
      graphOf(
        batch('clean', [], { settings: { size: 1, concurrency: 1, tolerate: { kind: 'percent', percent: 10 } } }),
        step('next'),
      ),
    );
    const at10 = now('running', [], [batches('clean', counts(30, 27, 3))]);
    expect(batchState(node(tolerant, 'clean'), at10)).toMatchObject({ state: 'succeeded', tolerated: true });
    expect(batchState(node(tolerant, 'clean'), now('failed', [], [batches('clean', counts(30, 26, 4))])).state).toBe(
      'failed',
    );
  });

  test('a node whose items could not be read failed without a batch', () => {
    const failed: RunFigures = {
      progress: progress('failed', [ran('load', 1)]),
      error: { name: 'Error', message: 'x', fingerprint: 'x', step: 'clean' },
    };
    expect(batchState(node(plan, 'clean'), failed).state).toBe('failed');
    expect(
      plan.edges.filter(({ source }) => source === 'n:clean').map(edge => edgeState(edge, plan.nodes, failed)),
    ).toEqual(['stopped']);
  });

  test('before a run, cards say what their nodes do', () => {
    const load = planOf(graphOf(step('load', { settings: { retry: { attempts: 3 }, timeout: 200 } })));
    expect(stepFacts(node(load, 'load'), stepState(node(load, 'load'), undefined))).toEqual([
      { text: '3 attempts · 200 ms at most' },
    ]);
    expect(batchLine(node(plan, 'clean'), batchState(node(plan, 'clean'), undefined))).toBe(
      'in batches of 100 · 4 at a time',
    );
    expect(plan.edges.map(edge => edgeState(edge, plan.nodes, undefined))).toEqual(plan.edges.map(() => 'idle'));
  });

  test('a step that will be tried again has not failed yet', () => {
    const patient = planOf(graphOf(step('load', { settings: { retry: { attempts: 3 } } })));
    expect(stepState(node(patient, 'load'), now('running', [ran('load', 0, 0, 0, { retrying: 1 })])).state).toBe(
      'retrying',
    );
    expect(stepState(node(patient, 'load'), now('failed', [ran('load', 0, 1)])).state).toBe('failed');
  });

  test('of a step in batches, those that wait for another try have not failed yet', () => {
    const patient = planOf(graphOf(batch('b', [step('b/charge', { settings: { retry: { attempts: 3 } } })])));
    const charge = node(patient, 'b/charge');
    const waiting = ran('b/charge', 5, 1, 0, { retrying: 2, retries: 4, nextAt: 10_000 });
    const live = stepState(charge, now('running', [waiting], [batches('b', counts(30, 5, 1, 2))]));
    expect(live.state).toBe('retrying');
    expect(stepFacts(charge, live, { now: 7_400 }).map(({ text }) => text)).toEqual([
      '5 done',
      '1 failed',
      '2 retrying, next in 3 s',
      '4 retries',
    ]);
    expect(stepFacts(charge, live, { now: 10_000 }).map(({ text }) => text)).toContain('2 retrying');
    // Its process went away without another word.
    expect(stepState(charge, now('failed', [waiting], [batches('b', counts(30, 27, 3))]))).toMatchObject({
      failed: 3,
      retrying: 0,
      retries: 4,
    });
  });

  test('a batch node tells which of its batches wait for their own next attempt', () => {
    const retried = ran('clean', 0, 0, 0, { retrying: 3, retries: 1, nextAt: 65_000 });
    const state = batchState(node(plan, 'clean'), now('running', [retried], [batches('clean', counts(33, 4, 0, 1))]));
    expect(batchFacts(state, 0).map(({ text }) => text)).toEqual([
      '4 done',
      '3 retrying, next in 1 min 5 s',
      '1 running',
      '1 retry',
    ]);
  });

  test('what was going on when a run was paused is paused', () => {
    expect(stepState(node(plan, 'load'), now('paused', [ran('load', 0, 0, 1)])).state).toBe('paused');
    expect(
      batchState(node(plan, 'clean'), now('interrupted', [ran('load', 1)], [batches('clean', counts(33, 4))])).state,
    ).toBe('interrupted');
    expect(
      batchState(node(plan, 'clean'), now('cancelled', [ran('load', 1)], [batches('clean', counts(33, 4, 0, 0, 29))]))
        .state,
    ).toBe('cancelled');
  });
});

describe('which way an if went', () => {
  const plan = planOf(films);
  const known = node(plan, 'clean/known');

  test('is told by what its branches begin with', () => {
    expect(
      branchCounts(
        known,
        now(
          'running',
          [ran('clean/known', 21), ran('clean/convert', 17, 1, 1), ran('clean/mark', 2)],
          [batches('clean', counts(33))],
        ),
      ),
    ).toEqual([19, 2]);
  });

  test('the one way that is not known is what is left', () => {
    const short = planOf(
      graphOf(batch('b', [fork('b/rare', [{ id: 'rare', nodes: [step('b/tell')] }]), step('b/next')])),
    );
    expect(
      branchCounts(
        node(short, 'b/rare'),
        now('running', [ran('b/rare', 9), ran('b/tell', 2)], [batches('b', counts(9))]),
      ),
    ).toEqual([2, 7]);
    const two = planOf(
      graphOf(
        batch('b', [
          fork('b/rare', [
            { id: 'rare', nodes: [] },
            { id: 'else', nodes: [] },
          ]),
          step('b/next'),
        ]),
      ),
    );
    expect(branchCounts(node(two, 'b/rare'), now('running', [ran('b/rare', 9)], [batches('b', counts(9))]))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('outside batches the other way is not needed', () => {
    const top = planOf(
      graphOf(
        fork('a', [
          { id: 'a', nodes: [step('b'), step('c')] },
          { id: 'else', nodes: [step('d')] },
        ]),
        step('e'),
      ),
    );
    const went = now('running', [ran('a', 1), ran('d', 0, 0, 1)]);
    expect(['b', 'c', 'd', 'e'].map(path => stepState(node(top, path), went).state)).toEqual([
      'skipped',
      'skipped',
      'running',
      'waiting',
    ]);
    expect(top.edges.filter(({ branch: way }) => way).map(edge => edgeState(edge, top.nodes, went))).toEqual([
      'unreached',
      'done',
    ]);
  });
});

describe('whiles, races and sleeps', () => {
  const plan = planOf(
    graphOf(
      step('open', {
        kind: 'while',
        settings: { maxRounds: 20 },
        body: { drawn: true, nodes: [step('open/nap', { kind: 'sleep', settings: { ms: 150 } }), step('open/knock')] },
      }),
      step('first', { kind: 'race', members: [step('first/near'), step('first/far')] }),
      step('rest', { kind: 'sleep', settings: { ms: 500 } }),
      step('end-of-it'),
    ),
  );

  test('a while counts its rounds, until it is done', () => {
    const going = now('running', [ran('open/?', 3), ran('open/knock', 2)]);
    expect([
      roundCount(node(plan, 'open'), going),
      stepState(node(plan, 'open'), going).state,
      stepState(node(plan, 'open/nap'), going).state,
    ]).toEqual([3, 'running', 'running']);
    const done = now('running', [ran('open/?', 4), ran('open/knock', 3), ran('open', 1)]);
    expect([
      roundCount(node(plan, 'open'), done),
      stepState(node(plan, 'open'), done).state,
      stepState(node(plan, 'open/nap'), done).state,
    ]).toEqual([3, 'succeeded', 'succeeded']);
  });

  test('who lost a race was not needed', () => {
    const won = now('running', [ran('open', 1), ran('first/near', 1), ran('first', 1)]);
    expect(['first', 'first/near', 'first/far'].map(path => stepState(node(plan, path), won).state)).toEqual([
      'succeeded',
      'succeeded',
      'skipped',
    ]);
  });

  test('a sleep begins when what is before it is done, and has ended when what follows it begins', () => {
    expect(stepState(node(plan, 'rest'), now('running', [ran('first/near', 0, 0, 1)])).state).toBe('waiting');
    expect(stepState(node(plan, 'rest'), now('running', [ran('first/near', 1), ran('first', 1)])).state).toBe(
      'running',
    );
    expect(stepState(node(plan, 'rest'), now('running', [ran('first', 1), ran('end-of-it', 0, 0, 1)])).state).toBe(
      'succeeded',
    );
  });

  test('a step that cancels the run is cancelled', () => {
    const cancelling = planOf(graphOf(step('cancel-1', { kind: 'cancel', settings: { reason: 'nothing to do' } })));
    expect(stepState(node(cancelling, 'cancel-1'), now('cancelled', [], [], { reason: 'nothing to do' })).state).toBe(
      'cancelled',
    );
    expect(
      stepState(node(cancelling, 'cancel-1'), now('cancelled', [ran('before', 1)], [], { reason: 'by hand' })).state,
    ).toBe('unreached');
  });
});
