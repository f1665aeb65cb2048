import { expect, test, vi } from 'vitest';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Workflow } from '../../engine/workflow/types.ts';
import { Bench, workflow } from '../support/runs.ts';

/** What a caller in JavaScript may write, whatever the types say. */
type Loose = Record<string, (...given: unknown[]) => Loose>;

function built(build: (flow: Loose) => unknown, options: Record<string, unknown> = {}): unknown {
  return drawGraph(workflow(flow => build(flow as unknown as Loose), options)).notices;
}

const step = () => 1;
const body = () => undefined;

test.each<[string, () => unknown, string]>([
  ['define', () => built(body, { payloads: {} }), 'workflow "test" has no option "payloads". Did you mean "payload"?'],
  [
    'hooks',
    () => built(body, { hooks: { onSucess: step } }),
    'hooks has no option "onSucess". Did you mean "onSuccess"?',
  ],
  ['step', () => built(flow => flow.step?.('a', step, { retrys: 1 })), 'has no option "retrys". Did you mean "retry"?'],
  [
    'name',
    () => built(flow => flow.step?.({ id: 'a', titel: 'A' }, step)),
    'has no option "titel". Did you mean "title"?',
  ],
  ['if', () => built(flow => flow.if?.({ id: 'a', titel: 'A' }, step)), 'has no option "titel". Did you mean "title"?'],
  ['retry', () => built(flow => flow.step?.('a', step)?.retry?.({ attempt: 3 })), 'Did you mean "attempts"?'],
  [
    'backoff',
    () => built(flow => flow.step?.('a', step)?.retry?.({ attempts: 3, backoff: { dely: 1 } })),
    'Did you mean "delay"?',
  ],
  [
    'batch',
    () => built(flow => flow.batch?.('a', { items: [], size: 1, concurency: 2 }, body)),
    'Did you mean "concurrency"?',
  ],
  ['forEach', () => built(flow => flow.forEach?.('a', [1], body, { timout: 2 })), 'Did you mean "timeout"?'],
  [
    'rateLimit',
    () => built(flow => flow.batch?.('a', { items: [], size: 1, rateLimit: { item: 2, per: '1s' } }, body)),
    'Did you mean "items"?',
  ],
  ['while', () => built(flow => flow.while?.('a', step, body, { maxRound: 2 })), 'Did you mean "maxRounds"?'],
  ['parallel', () => built(flow => flow.parallel?.('a', [step], { concurrency: 2 })), 'Did you mean "maxConcurrency"?'],
  ['race', () => built(flow => flow.race?.('a', [step], { timeout: 2 })), 'race "a" has no options'],
  ['webhook', () => built(flow => flow.onWebhook?.('/a', { shema: {} })), 'Did you mean "schema"?'],
  ['schedule', () => built(flow => flow.onSchedule?.('* * * * *', { timezon: 'UTC' })), 'Did you mean "timezone"?'],
])('an option of %s that nobody knows is refused, with the near name and the place', (_of, build, told) => {
  expect(build).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(told) as unknown,
      at: expect.objectContaining({ line: expect.any(Number) as unknown }) as unknown,
    }),
  );
});

test('what Cronflow has and this engine does not honour is told, each with its place', () => {
  const notices = built(
    flow =>
      flow
        .onWebhook?.('/orders', { middleware: [] })
        ?.onSchedule?.('0 6 * * *', { timezone: 'UTC' })
        ?.onEvent?.('paid', { schema: {} }),
    {
      timeout: '1h',
      concurrency: 2,
      rateLimit: { count: 1, per: '1s' },
      hooks: { onStart: step, onSuccess: step },
    },
  ) as { text: string; at: { file: string } }[];
  expect(notices.map(({ text }) => text)).toEqual([
    'workflow "test": the option timeout has no effect. A run has no time limit of its own. Give its steps and batches a timeout.',
    'workflow "test": the option concurrency has no effect. Runs are started one by one. Give a batch or forEach a concurrency.',
    'workflow "test": the option rateLimit has no effect. Runs are started one by one. Give a batch or forEach a rateLimit.',
    'workflow "test": hooks: the option onStart has no effect. Do it in the first step.',
    'the webhook trigger "/orders": the option middleware has no effect. Do it in the first step, or in front of Cronflow.',
    'the event trigger "paid": the option schema has no effect. Give define a payload: it checks what the run is started with.',
  ]);
  expect(notices.every(({ at }) => at.file !== undefined)).toBe(true);
});

test('a trigger that is there twice counts once, and a notice says so', () => {
  const notices = built(flow => flow.onWebhook?.('/a')?.onWebhook?.('/a', { method: 'PUT' })) as { text: string }[];
  expect(notices.map(({ text }) => text)).toEqual([
    'the webhook trigger "/a" is there twice. Only the first one counts; take this one out.',
  ]);
});

test('a workflow with nothing to tell has no notices', () => {
  expect(built(flow => flow.onWebhook?.('/a'), { tags: ['a'], version: '1', hooks: {} })).toBeUndefined();
});

test('the ttl of a state value is told in the log once, and another option is refused', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const set = (options: object) => (ctx: { state: Workflow extends never ? never : unknown }) =>
    (ctx.state as { set(...given: unknown[]): Promise<void> }).set('token', 1, options);
  const summary = await new Bench().run(
    workflow(flow =>
      flow
        .step('a', set({ ttl: '1h' }))
        .step('b', set({ ttl: '1h' }))
        .step('c', set({ tll: 1 })),
    ),
  );
  expect(warn.mock.calls).toEqual([
    ['state.set("token"): the option ttl has no effect. The value stays for the whole run.'],
  ]);
  expect(summary.error?.message).toContain('state.set("token") has no option "tll". Did you mean "ttl"?');
});
