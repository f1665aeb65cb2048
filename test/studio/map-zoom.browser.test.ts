import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* Part of a large map: where one is, and the ways to the other parts. */

const READINGS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'readings', name: 'Import the readings' })
  .batch('import', { items: Array.from({ length: 6_000 }, (_, at) => at), size: 1, concurrency: 50 }, (readings, flow) => {
    flow.step('check', async () => {
      if (readings[0] % 1_500 === 700) throw new Error('no value');
    });
  });
`;

let opened: OpenedStudio;
let page: Page;

beforeAll(async () => {
  opened = await openedStudio({ 'readings.ts': READINGS });
  ({ page } = opened);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: '4 of 6,000 batches failed', level: 1 }).waitFor();
  await page.keyboard.press('b');
});
afterAll(() => opened?.close());

const position = () => page.locator('.map-position').innerText();
const button = (name: string) => page.getByRole('button', { name, exact: true });
const map = () => page.getByRole('img', { name: /^Map of batches/ });
/** Moves the pointer to the middle of the map. */
const middle = async () => {
  const box = await map().boundingBox();
  if (!box) throw new Error('The map is not seen.');
  const place = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await page.mouse.move(...place);
  return place;
};
const first = async () => Number(/^([\d,]+) to/.exec(await position())?.[1]?.replaceAll(',', ''));

test('a zoomed map says where it is, moves with the hand and by keys, and shows the whole beside the part', async () => {
  await expect.poll(position).toBe('All 6,000');
  await middle();
  for (let notch = 0; notch < 8; notch++) await page.mouse.wheel(0, -100);
  await expect.poll(position).toMatch(/^[\d,]+ to [\d,]+ of 6,000$/);
  const before = await first();
  expect(before).toBeGreaterThan(1_000);

  // The map has made room for the overview above it.
  const [x, y] = await middle();
  await page.keyboard.down(' ');
  await page.mouse.down();
  await page.mouse.move(x, y - 20, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up(' ');
  const after = await first();
  expect(after).toBeGreaterThan(before);
  // A hand that moves the map selects nothing.
  expect(await page.getByRole('group', { name: 'Selection' }).count()).toBe(0);

  await page.mouse.down();
  await page.mouse.move(x + 40, y, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('group', { name: 'Selection' }).waitFor();
  expect(await first()).toBe(after);

  const overview = page.getByRole('slider', { name: 'Part of the map' });
  await overview.focus();
  await page.keyboard.press('Home');
  await expect.poll(first).toBe(0);
  await page.keyboard.press('ArrowDown');
  await expect.poll(first).toBeGreaterThan(0);
  expect(await overview.getAttribute('aria-valuetext')).toBe(await position());
  await page.keyboard.press('End');
  await expect.poll(position).toMatch(/ to 5,999 of 6,000$/);
  await overview.click({ position: { x: 2, y: 2 } });
  await expect.poll(first).toBe(0);
  await button('Show all').click();
  await expect.poll(position).toBe('All 6,000');
  expect(await overview.count()).toBe(0);
});

test('a mark at the edge leads to the batch of its row that failed', async () => {
  await button('Clear').click();
  const box = await map().boundingBox();
  if (!box) throw new Error('The map is not seen.');
  let opened = '';
  for (let y = 3; y < box.height && opened === ''; y += 6) {
    await page.mouse.move(box.x + box.width - 4, box.y + y);
    const tip = page.locator('.map-tip');
    if ((await tip.count()) > 0 && (await tip.innerText()).includes('failed')) {
      await page.mouse.click(box.x + box.width - 4, box.y + y);
      opened = await tip.innerText();
    }
  }
  expect(opened).toMatch(/^Batch 700, failed and \d+ more, 1 failed in all$/);
  await expect.poll(() => page.getByRole('region', { name: 'Inspector' }).innerText()).toContain('Batch 700');
});
