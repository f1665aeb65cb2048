import path from 'node:path';
import { expect, test } from 'vitest';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { labelRun } from '../../engine/store/run-labels.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { Bench, workflow } from '../support/runs.ts';
import { handedOver } from './recorded.ts';

/* Whatever a workflow or a person can put a value into, none of it is in a file that hides values. */

const CODE = `flow.forEach('each', items, (item, inner) => inner.step('send', ctx => { throw new Error('has no city ' + item.city) }))`;

/** Where a value can be. Each of these texts is in one place only. */
const PLACES = [
  'payload',
  'item',
  'field',
  'output',
  'result',
  'log',
  'message',
  'reason',
  'detail',
  'explained',
  'label',
  'stateKey',
  'stateValue',
  'effectKey',
  'param',
  'receipt',
  'title',
  'note',
  'person',
  'why',
] as const;
const secret = (place: (typeof PLACES)[number]) => `Zq${place}Xy`;
/** Numbers that are nowhere else. */
const NUMBER = 918_273_645;

function secrets(): Definition {
  interface Item {
    readonly city: string;
    readonly place: number;
  }
  return workflow(flow =>
    flow
      .forEach(
        {
          id: 'each',
          label: (item: Item) => `${secret('label')} ${item.place}`,
          explain: () => `The city ${secret('explained')} is not known.`,
        },
        [0, 1, 2].map(place => ({ place, city: secret('item'), [secret('field')]: NUMBER })),
        (item: Item, inner) => {
          inner
            .log(`has no city ${secret('log')}`)
            .step('work', async ctx => {
              await ctx.state.set(secret('stateKey'), secret('stateValue'));
              await ctx.effect(secret('effectKey'), () => secret('receipt'), { params: { p: secret('param') } });
              return { made: secret('output'), sum: NUMBER };
            })
            .step('send', () => {
              if (item.place === 0) return;
              const cause = Object.assign(new Error(secret('reason')), { detail: secret('detail'), code: NUMBER });
              throw new Error(`has no city ${secret('message')}`, { cause });
            });
        },
      )
      .step('sum', () => secret('result')),
  );
}

async function recorded(values: boolean) {
  const bench = new Bench({ code: { hash: 'h', sources: [{ path: '/test/workflow.ts', hash: 'h', text: CODE }] } });
  const definition = secrets();
  const { run } = await bench.run(definition, { told: secret('payload') });
  await bench.rerun(secrets(), run, {
    batches: [2],
    setAside: { items: [{ batch: 2, item: 0 }], who: secret('person'), reason: secret('why'), at: 5 },
  } as never);
  labelRun(bench.db, run, { title: secret('title'), note: secret('note') }, 5);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  try {
    return { ...(await handedOver(store, run, values)), folder: path.dirname(bench.file), run };
  } finally {
    store.close();
  }
}

test('a file that hides values has none of them, wherever they are', async () => {
  const { text, folder } = await recorded(false);
  expect(PLACES.filter(place => text.includes(secret(place)))).toEqual([]);
  expect(text).not.toContain(String(NUMBER));
  expect(text).not.toContain(folder);
  expect(text).not.toContain('/test/');
  // What it is about is still told.
  expect(text).toContain('has no city ••');
});

test('with values they are in it, and the folder is not', async () => {
  const { text, folder } = await recorded(true);
  // The workflow has failed, so that it has no result.
  expect(PLACES.filter(place => !text.includes(secret(place)))).toEqual(['result']);
  expect(text).toContain(String(NUMBER));
  expect(text).not.toContain(folder);
});

test('a file says what is in it, and what is not', async () => {
  const hidden = (await recorded(false)).recording.contents;
  const chosen = (await recorded(true)).recording.contents;
  const hows = (lines: typeof hidden) => Object.fromEntries(lines.map(({ what, how }) => [what, how]));
  expect(hows(hidden)).toMatchObject({
    Batches: 'in it',
    Logs: 'hidden',
    'Payload, items, outputs, state and the result': 'hidden',
    'Source code': 'not in it',
    Folders: 'not in it',
  });
  expect(hows(chosen)).toMatchObject({ Logs: 'in it', 'Source code': 'in it', Folders: 'not in it' });
  expect(chosen.find(({ what }) => what.startsWith('Payload'))?.detail).toContain(
    'of a value of more than 400,000 characters, its beginning',
  );
  expect(hidden.find(({ what }) => what === 'Batches')?.detail).toContain('3 batches');
});

test('times of batches are told to the millisecond: fractions would be most of a large file', async () => {
  const { recording } = await recorded(false);
  const times = recording.batches.flatMap(({ starts, took }) => [...starts, ...took]);
  expect(times.length).toBeGreaterThan(0);
  expect(times.filter(time => !Number.isInteger(time))).toEqual([]);
});
