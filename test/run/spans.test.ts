import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import type { Attributes, Span, SpanError, Telemetry } from '../../engine/run/telemetry/span.ts';
import { Bench, workflow } from '../support/runs.ts';

/* What a tracing library is told of a run: spans of the run, its batches, their steps and attempts, each in the one that it belongs to. */

/** Notes spans as lines, each with those that it stands in. */
class Notes implements Telemetry {
  readonly ended: string[] = [];
  readonly begun: string[] = [];
  readonly active = new AsyncLocalStorage<string>();

  begin(name: string, attributes: Attributes): Span {
    return this.#span(name, attributes);
  }

  async flush(): Promise<void> {}

  #span(place: string, given: Attributes): Span {
    this.begun.push(place);
    return {
      child: (name, attributes) => this.#span(`${place} > ${name}`, attributes),
      perform: call => this.active.run(place, call),
      end: (attributes: Attributes, error?: SpanError) => {
        const {
          'cronflow.batch': batch,
          'cronflow.attempt': attempt,
          'cronflow.status': status,
        } = {
          ...given,
          ...attributes,
        };
        const details = [batch, attempt, status, error && `${error.name}: ${error.message}`];
        this.ended.push(`${place} ${details.filter(detail => detail !== undefined).join(' ')}`);
      },
    };
  }
}

test('spans stand in each other as batches, steps and attempts do, and the author’s code in its attempt', async () => {
  const notes = new Notes();
  const bench = new Bench({ telemetry: notes });
  const inside: (string | undefined)[] = [];
  let tries = 0;
  await bench.run(
    workflow(
      start =>
        start
          .forEach('films', ['a', 'b'], (film, inner) => {
            inner.forEach('scenes', [1], (_scene, innermost) => {
              innermost.step('cut', () => void inside.push(notes.active.getStore()));
            });
            inner.step(
              'fetch',
              async () => {
                await Promise.resolve();
                inside.push(notes.active.getStore());
                if (film === 'b' && (tries += 1) === 1) throw new TypeError('not there');
              },
              { retry: { attempts: 2, backoff: { delay: 1 } } },
            );
          })
          .step('report', () => inside.push(notes.active.getStore())),
      { id: 'films' },
    ),
  );
  const film = 'run films > batch films';
  const [scene, fetch] = [`${film} > batch films/scenes`, `${film} > step films/fetch`];
  expect(notes.ended).toEqual([
    `${scene} > step films/scenes/cut > attempt films/scenes/cut 1 succeeded`,
    `${scene} > step films/scenes/cut succeeded`,
    `${scene} 0 succeeded`,
    `${fetch} > attempt films/fetch 1 succeeded`,
    `${fetch} succeeded`,
    `${film} 0 succeeded`,
    `${scene} > step films/scenes/cut > attempt films/scenes/cut 1 succeeded`,
    `${scene} > step films/scenes/cut succeeded`,
    `${scene} 0 succeeded`,
    `${fetch} > attempt films/fetch 1 failed TypeError: not there`,
    `${fetch} > attempt films/fetch 2 succeeded`,
    `${fetch} succeeded`,
    `${film} 1 succeeded`,
    'run films > step report > attempt report 1 succeeded',
    'run films > step report succeeded',
    'run films completed',
  ]);
  expect(notes.begun).toHaveLength(notes.ended.length);
  expect(new Set(inside)).toEqual(
    new Set([
      `${scene} > step films/scenes/cut > attempt films/scenes/cut`,
      `${fetch} > attempt films/fetch`,
      'run films > step report > attempt report',
    ]),
  );
});

test('a failure is in the spans of its attempt, step, batch and run, and each span has an end', async () => {
  const notes = new Notes();
  const bench = new Bench({ telemetry: notes });
  await bench.run(
    workflow(start =>
      start.forEach('films', ['a'], (_film, inner) => {
        inner.step('fetch', () => {
          throw new TypeError('not there');
        });
      }),
    ),
  );
  const batch = 'run test > batch films';
  expect(notes.ended.map(line => line.replace(/ in batch.*/, ''))).toEqual([
    `${batch} > step films/fetch > attempt films/fetch 1 failed TypeError: not there`,
    `${batch} > step films/fetch failed TypeError: not there`,
    `${batch} 0 failed TypeError: not there`,
    expect.stringMatching(/^run test failed \w+: /),
  ]);
});

test('a run that is stopped ends its spans, and its next session has a trace of its own', async () => {
  const notes = new Notes();
  const bench = new Bench({ telemetry: notes, graceMs: 1 });
  const gate = Promise.withResolvers<void>();
  const flow = workflow(start =>
    start.forEach('films', ['a'], (_film, inner) => {
      inner.step('wait', () => gate.promise);
    }),
  );
  const begun = await bench.start(flow);
  await expect.poll(() => notes.begun.length).toBe(4);
  begun.run.stopping.request({ as: 'interrupted', reason: 'over' });
  await begun.done;
  const batch = 'run test > batch films';
  expect(notes.ended).toEqual([
    `${batch} > step films/wait > attempt films/wait 1 interrupted`,
    `${batch} > step films/wait interrupted`,
    `${batch} 0 waiting`,
    'run test interrupted',
  ]);
  gate.resolve();
  await bench.resume(flow, 1);
  expect(notes.ended.slice(4).at(-1)).toBe('run test completed');
  expect(notes.begun.filter(place => place === 'run test')).toHaveLength(2);
});
