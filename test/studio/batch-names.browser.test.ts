import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* What the author calls a batch is said wherever one batch is meant: under the pointer, of a selection, and in what is asked. */

const ORDERS = `import { cronflow } from 'cronflow';
const orders = Array.from({ length: 12 }, (_, at) => ({ number: 1000 + at }));
cronflow.define({ id: 'orders', name: 'Send orders' })
  .forEach('each', orders, (order, flow) => {
    flow.step('send', () => {
      if (order.number === 1007) throw new Error('It has no address');
    });
  }, { label: order => 'Order ' + order.number });
`;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openedStudio({ 'orders.ts': ORDERS });
  const { page } = opened;
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (1)' }).waitFor();
});
afterAll(async () => await opened?.close());

const goTo = async (address: string) => {
  const { page } = opened;
  await page.goto('about:blank');
  await page.goto(`${new URL(opened.studio.url).origin}/#/run/1/${address}`);
  await page.getByRole('heading', { level: 1, name: /failed/ }).waitFor();
};

test('under the pointer', async () => {
  const { page } = opened;
  await goTo('batches');
  const map = page.locator('.map-well canvas[role=img]');
  const tip = page.locator('.map-tip');
  for (let left = 8, seen = ''; !/Order 1001/.test(seen) && left < 80; left += 8) {
    await map.hover({ position: { x: left, y: 8 } });
    await expect.poll(() => tip.innerText()).toMatch(/Batch \d+ \(Order 10\d\d\), /);
    seen = await tip.innerText();
  }
  expect(await tip.innerText()).toMatch(/^Batch 1 \(Order 1001\), succeeded/);
});

test('of a selection, and of the re-run of it', async () => {
  const { page } = opened;
  await goTo('batches?of=each&select=7');
  const selection = page.getByRole('group', { name: 'Selection' });
  await expect.poll(() => selection.innerText()).toMatch(/batch 7 \(Order 1007\), failed/);
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.innerText()).toMatch(/batch 7 \(Order 1007\)/);
  await page.keyboard.press('Escape');
});

test('in the dialogs of the batch that is inspected, and in the inspector that is folded away', async () => {
  const { page } = opened;
  await goTo('graph?node=each&batch=7');
  const inspector = page.getByRole('region', { name: 'Inspector', exact: true });
  await inspector.getByRole('button', { name: 'Re-run batch' }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.innerText()).toMatch(/batch 7 \(Order 1007\)/);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await page.keyboard.press('r');
  await expect.poll(() => dialog.innerText()).toMatch(/batch 7 \(Order 1007\)/);
  await page.keyboard.press('Escape');
  await inspector.getByRole('button', { name: 'Edit items…' }).click();
  await expect
    .poll(() => dialog.getByRole('heading').first().innerText())
    .toBe('Edit the items of batch 7 (Order 1007)');
  await page.keyboard.press('Escape');
  await page.keyboard.press('i');
  await page.getByRole('button', { name: 'Open the inspector: Batch 7 (Order 1007)' }).click();
  expect(opened.complaints).toEqual([]);
});

test('on the marker of the first failure', async () => {
  const { page } = opened;
  await goTo('graph?drawer=playback');
  await page.getByRole('button', { name: /^First failure: batch 7 \(Order 1007\) of each, at / }).waitFor();
});
