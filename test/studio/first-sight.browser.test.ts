import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { takePictures } from './pictures.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* What is seen of a run when it is first opened: where it failed, when, and what there is to be clicked. */

const steps = Array.from(
  { length: 60 },
  (_, at) =>
    `.step({ id: 's${at}', title: 'Step ${at} of the import' }, () => ${at === 46 ? `{ throw new Error('No licence ' + 'for the import of the second quarter '.repeat(15)) }` : at})`,
);
const FILES = {
  'steps.ts': `import { cronflow } from 'cronflow';
cronflow.define({ id: 'steps', name: 'Sixty steps' })
  ${steps.join('\n  ')};
`,
  'nothing.ts': `import { cronflow } from 'cronflow';
cronflow.define({ id: 'nothing', name: 'Nothing to do' })
  .batch('each', { items: [], size: 10 }, (_batch, flow) => { flow.step('work', () => 1); })
  .step('report', () => 'nothing');
`,
  'shared.ts': `import { cronflow } from 'cronflow';
cronflow.define({ id: 'shared', name: 'Remember the cursor' })
  .step('read', async ctx => {
    await cronflow.setGlobalState('cursor', { page: 42 });
    await cronflow.setGlobalState('token', 'abc', { ttl: '2 hours' });
    await cronflow.incrWorkflowState(ctx.workflow_id, 'runs');
  });
`,
  'many.ts': `import { cronflow } from 'cronflow';
cronflow.define({ id: 'many', name: 'A hundred batches' })
  .batch('each', { items: Array.from({ length: 100 }, (_, at) => at), size: 1 }, (_batch, flow) => { flow.step('work', () => 1); });
`,
};

let opened: OpenedStudio;
let page: Page;
beforeAll(async () => {
  opened = await openedStudio(FILES);
  ({ page } = opened);
});
afterAll(async () => await opened?.close());

async function runs(name: string, end: string): Promise<void> {
  await page.getByRole('region', { name: 'Workflows' }).getByRole('button', { name }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: end, level: 1 }).waitFor();
}

test('a step that failed has the row of a cause: its line to open, its name, a button to look and one to re-run', async () => {
  await runs('Sixty steps', 'A step failed');
  await page.getByRole('tab', { name: 'Problems · 1' }).waitFor();
  const problem = page.getByRole('region', { name: 'Problems' }).locator('.problem');
  await problem.getByRole('button', { name: 'steps.ts:49' }).waitFor();
  await expect.poll(() => problem.innerText()).toContain('in Step 46 of the import');
  await problem.getByRole('button', { name: 'Re-run it' }).click();
  await page.getByRole('dialog').getByRole('heading', { name: 'Re-run the failed step?' }).waitFor();
  await page.keyboard.press('Escape');
  await problem.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name: 'Error', selected: true }).waitFor();
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);
});

test('sixty steps stand in rows that reach out of the view in none', async () => {
  await expect.poll(() => page.locator('.card-step').count()).toBe(60);
  const plane = await page.locator('.graph-plane').boundingBox();
  if (!plane) throw new Error('The graph is not on the page.');
  const right = await page
    .locator('.card-step')
    .evaluateAll(cards => Math.max(...cards.map(card => card.getBoundingClientRect().right)));
  expect(right).toBeLessThanOrEqual(plane.x + plane.width);
});

test('in a narrow window a link to an error shows that error', async () => {
  const address = page.url();
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto('about:blank');
  await page.goto(address);
  await page.getByRole('region', { name: 'Inspector' }).getByText('No licence').first().waitFor();
  await page.locator('.error-card .hot-line').waitFor();
  // However long it is, what is read first is how it begins.
  const begins = () =>
    page.locator('.error-card .error-message').evaluate(message => {
      const { left, top } = message.getBoundingClientRect();
      return message.ownerDocument.elementFromPoint(left + 12, top + 12) === message;
    });
  await expect.poll(begins).toBe(true);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a workflow without batches says so, and so does a batch node without items', async () => {
  const batches = page.getByRole('region', { name: 'Batches', exact: true });
  await page.keyboard.press('b');
  await batches.getByText('This workflow has no batches.').waitFor();
  await runs('Nothing to do', 'Completed');
  await batches.getByText('There were no items, so there are no batches.').waitFor();
  expect(await page.locator('.map-well').count()).toBe(0);
  await page.keyboard.press('g');
  await page.getByText('There were no items.', { exact: true }).waitFor();
});

test('the row of the batch that is looked at is in view, also where a link leads to it', async () => {
  await runs('A hundred batches', 'Completed');
  await page.evaluate("location.hash = location.hash.split('/').slice(0, 3).join('/') + '/batches?batch=77'");
  await page.getByRole('row', { name: /^Batch 77\b/, selected: false }).waitFor();
  // Of a run at rest, what none of its batches is needs no button.
  expect(await page.locator('.chip').allInnerTexts()).toEqual([
    expect.stringContaining('failed 0'),
    expect.stringContaining('succeeded 100'),
  ]);
  const row = await page.getByRole('row', { name: /^Batch 77\b/ }).boundingBox();
  const rows = await page.locator('.batch-table .scroll').boundingBox();
  if (!row || !rows) throw new Error('The rows are not on the page.');
  expect(row.y).toBeGreaterThanOrEqual(rows.y);
  expect(row.y + row.height).toBeLessThanOrEqual(rows.y + rows.height + 1);
});

test('what runs share stands below the state of the run: who sees it, who has changed it when, and until when it is', async () => {
  await page.keyboard.press('g');
  await runs('Remember the cursor', 'Completed');
  await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name: 'State' }).click();
  const shared = page.getByRole('region', { name: 'Shared with other runs' });
  await expect.poll(() => shared.getByRole('listitem').count()).toBe(3);
  const told = (await shared.getByRole('listitem').allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' '));
  expect(told).toEqual([
    'cursor {"page": 42} All runs · changed just now by this run',
    expect.stringMatching(/^token "abc" All runs · changed just now by this run · its time is over in [12] h$/),
    'runs 1 Runs of this workflow · changed just now by this run',
  ]);
  await bringAxe(page);
  expect(await violations(page, '.inspector')).toEqual([]);
  await takePictures(page, 'shared-state');
});
