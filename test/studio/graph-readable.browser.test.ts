import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* The graph can be read as it is first shown, and leads to what failed. */

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

const graph = () => page.getByRole('region', { name: 'Graph', exact: true });
const button = (name: string) => graph().getByRole('button', { name });

/** In CSS pixels of the screen: the smallest text of the graph that is shown. */
async function smallestText(): Promise<number> {
  return (await page.evaluate(`(() => {
    const plane = document.querySelector('.react-flow__viewport');
    const zoom = new DOMMatrix(getComputedStyle(plane).transform).a;
    const walker = document.createTreeWalker(plane, NodeFilter.SHOW_TEXT);
    let smallest = Infinity;
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() === '' || !element.checkVisibility()) continue;
      smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize) * zoom);
    }
    return Math.round(smallest * 100) / 100;
  })()`)) as number;
}

/** Whether all of it lies within the plane. */
async function isInView(name: RegExp): Promise<boolean> {
  const [card, plane] = await Promise.all([
    graph().getByRole('group', { name }).first().boundingBox(),
    page.locator('.graph-plane').boundingBox(),
  ]);
  if (!card || !plane) return false;
  return (
    card.x >= plane.x &&
    card.y >= plane.y &&
    card.x + card.width <= plane.x + plane.width &&
    card.y + card.height <= plane.y + plane.height
  );
}

test.each([
  [1_440, 900],
  [1_024, 700],
  [800, 600],
])('at %d x %d no text is under 11 px, and what failed is fitted into the view on request', async (width, height) => {
  await page.setViewportSize({ width, height });
  await page.reload();
  await graph()
    .getByRole('group', { name: /^Clean the films/ })
    .waitFor();
  await expect.poll(smallestText).toBeGreaterThanOrEqual(11);
  for (let notch = 0; notch < 6; notch++) await button('Zoom out').click();
  await expect.poll(smallestText).toBeLessThan(11);
  await button('Fit failed').click();
  await expect.poll(smallestText).toBeGreaterThanOrEqual(11);
  const failed = width < 1_100 ? /^Clean the films/ : /^Tidy titles/;
  await expect.poll(() => isInView(failed)).toBe(true);
});

test('the body of a batch node is a pill in a narrow window, which names what failed; it opens and closes', async () => {
  await page.setViewportSize({ width: 1_024, height: 700 });
  await page.reload();
  const step = graph().getByRole('group', { name: /^Tidy titles/ });
  await button('Open the body of Clean the films').waitFor();
  expect(await step.count()).toBe(0);
  // The graph of a run is there before the run's counts are.
  await expect
    .poll(() => page.locator('.graph-pill').innerText())
    .toMatch(/Tidy titles, dates and money · 5\s+4 more steps/);
  await button('Open the body of Clean the films').click();
  await step.waitFor();
  await button('Close the body of Clean the films').click();
  await expect.poll(() => step.count()).toBe(0);
  // What a person has chosen goes before what the window is like.
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.locator('.graph-pill').waitFor();
  await page.locator('.pill-failed').click();
  await expect
    .poll(() => page.getByRole('region', { name: 'Inspector', exact: true }).innerText())
    .toContain('Tidy titles');
});
