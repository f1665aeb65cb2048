import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* A small window, or a large one at 200 %: nothing that one has to do is out of reach. */

let opened: OpenedStudio;
let page: Page;
beforeAll(async () => {
  opened = await openedStudio({}, ['films.ts']);
  ({ page } = opened);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor();
});
afterAll(() => opened?.close());

const drawer = () => page.getByRole('region', { name: 'Problems' });
const inspector = () => page.getByRole('region', { name: 'Inspector', exact: true });

/** Why one cannot click its middle; undefined where one can. */
async function whyNotReached(element: Locator): Promise<string | undefined> {
  const box = await element.boundingBox();
  const size = page.viewportSize();
  if (!box || !size || box.width === 0) return `${element} is not shown`;
  if (box.x < 0 || box.y < 0 || box.x + box.width > size.width || box.y + box.height > size.height)
    return `${element} is cut off: ${JSON.stringify(box)}`;
  try {
    await element.click({ trial: true, timeout: 500 });
    return undefined;
  } catch (error) {
    return `${element} is covered: ${String(error)}`;
  }
}

test('the drawer is as high as its causes, until a hand gives it a height; a double-click takes that back', async () => {
  await page.setViewportSize({ width: 1_440, height: 900 });
  const rows = drawer().locator('.problem');
  await expect.poll(() => rows.count()).toBe(2);
  const gap = async () => {
    const last = await rows.last().boundingBox();
    return last ? Math.round(900 - last.y - last.height) : undefined;
  };
  await expect.poll(gap).toBeLessThan(3);
  expect(await gap()).toBeGreaterThanOrEqual(0);

  const separator = page.getByRole('separator', { name: 'Height of problems, logs and playback' });
  const at = await separator.boundingBox();
  if (!at) throw new Error('The drawer has no separator.');
  await page.mouse.move(at.x + 200, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 200, at.y - 120, { steps: 4 });
  await page.mouse.up();
  await expect.poll(gap).toBeGreaterThan(100);
  await page.reload();
  await expect.poll(gap).toBeGreaterThan(100);
  const moved = await separator.boundingBox();
  await page.mouse.dblclick((moved?.x ?? 0) + 200, moved?.y ?? 0);
  await expect.poll(gap).toBeLessThan(3);
});

describe.each([
  ['800 x 600', 800, 600],
  ['1024 x 700', 1_024, 700],
  ['1440 x 900 at 200 %', 720, 450],
])('at %s', (_size, width, height) => {
  test('the way from a failed batch to its re-run is within reach', async () => {
    await page.setViewportSize({ width, height });
    const reached = async (...elements: Locator[]) => {
      for (const element of elements) await expect.poll(() => whyNotReached(element)).toBeUndefined();
    };
    const tab = (name: string) => page.getByRole('tab', { name, exact: true });
    await reached(
      page.getByRole('button', { name: 'Re-run failed (5)' }),
      page.getByRole('button', { name: 'Run again…' }),
      tab('Graph'),
      tab('Batches'),
      tab('Compare'),
      page.getByRole('tab', { name: /^Problems/ }),
      page.getByRole('button', { name: 'Search or run a command' }),
    );
    expect(await inspector().count()).toBe(0);
    await page.keyboard.press(']');
    await inspector().waitFor();
    await reached(
      inspector().getByRole('button', { name: 'Re-run batch' }),
      inspector().getByRole('tab', { name: 'Error' }),
      page.getByRole('button', { name: 'Close the inspector' }),
      // What lies below the inspector is not below all of it.
      page.getByRole('button', { name: 'Re-run failed (5)' }),
      page.getByRole('tab', { name: /^Problems/ }),
    );
    await page.keyboard.press('Escape');
    await expect.poll(() => inspector().count()).toBe(0);

    const toggle = page.getByRole('button', { name: 'Panel of problems, logs and playback', exact: true });
    if ((await toggle.getAttribute('aria-pressed')) === 'false') await page.keyboard.press('d');
    await expect.poll(() => toggle.getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Re-run these 4' }).scrollIntoViewIfNeeded();
    await reached(page.getByRole('button', { name: 'Re-run these 4' }));
    await page.getByRole('button', { name: 'Re-run these 4' }).click();
    const dialog = page.getByRole('dialog');
    await reached(
      dialog.getByRole('button', { name: 'Re-run', exact: true }),
      dialog.getByRole('button', { name: 'Cancel' }),
    );
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
