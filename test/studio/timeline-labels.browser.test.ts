import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* Bars of many widths: a number on one is that of its batch, or is not there. */

const JOB = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'slow', name: 'Slow import' })
  .forEach('each', Array.from({ length: 130 }, (_, at) => at), (at, flow) => {
    flow.step('read', async () => {
      await new Promise(resolve => setTimeout(resolve, at < 124 ? 15 + ((at * 7) % 50) : 250));
    });
  }, { concurrency: 6 });
`;

let opened: OpenedStudio;
let page: Page;
beforeAll(async () => {
  opened = await openedStudio({ 'slow.ts': JOB });
  ({ page } = opened);
  await page.setViewportSize({ width: 1_920, height: 1_080 });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('tab', { name: 'Timeline', exact: true }).click();
});
afterAll(() => opened?.close());

test('the number of a batch stands whole on its bar, and the times of the axis are whole, too', async () => {
  await expect.poll(() => page.locator('.timeline-item').count()).toBe(130);
  await expect.poll(() => page.locator('.timeline-item:not(.succeeded)').count()).toBe(0);
  for (const width of [1_920, 1_440]) {
    await page.setViewportSize({ width, height: 1_080 });
    const numbers = page.locator('.timeline-item > span');
    const cut = () =>
      numbers.evaluateAll(all =>
        all
          .filter(one => {
            const end = one.parentElement?.getBoundingClientRect().right ?? 0;
            return one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > end;
          })
          .map(one => one.textContent),
      );
    await expect.poll(cut).toEqual([]);
    expect(await numbers.filter({ hasText: /1\d\d/ }).count()).toBeGreaterThan(0);
    const beyond = () =>
      page.locator('.timeline-axis > span').evaluateAll(all =>
        all
          .filter(one => {
            const end = one.closest('.timeline-frame')?.getBoundingClientRect().right ?? 0;
            return one.getBoundingClientRect().right > end;
          })
          .map(one => one.textContent),
      );
    await expect.poll(beyond).toEqual([]);
  }
});
