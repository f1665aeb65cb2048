import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

/** The eighth order takes ten times as long, also where the machine is busy, and the thirteenth puts out nothing. */
const ORDERS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'orders', name: 'Send the orders' })
  .forEach('orders', Array.from({ length: 40 }, (_, at) => at), (order, flow) => {
    flow.step('call', async () => {
      await new Promise(resolve => setTimeout(resolve, order === 7 ? 8_000 : 800));
      return order === 12 ? [] : ['sent', order];
    });
  }, { concurrency: 40 });
`;

test('a run says how many of its batches are odd and why, and what is accepted stays accepted', async () => {
  const browser = await launchBrowser();
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'orders.ts'), ORDERS);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    await page
      .getByRole('button', { name: /Send the orders/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Completed, 2 odd', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Batches' }).click();
    await page.getByRole('button', { name: /odd 2/ }).click();
    expect(new URL(page.url()).hash).toContain('select=7%2C12');
    const list = page.getByRole('region', { name: 'Odd batches' });
    await list.getByText(/took \d\.\d s, like ones/).waitFor();
    await list.getByText('put out nothing, like ones put out something').waitFor();
    await list.getByRole('button', { name: 'Accept', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Completed, 1 odd', level: 1 }).waitFor();
    await list.getByRole('button', { name: 'Accept all' }).click();
    await page.getByRole('heading', { name: 'Completed', exact: true, level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Completed', exact: true, level: 1 }).waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
    await browser.close();
  }
});
