import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';
import { takePicture } from './pictures.ts';

/** Of four payments, one is done before its step fails, and one hangs: nobody knows whether it was done. */
const PAYMENTS = `
import { setTimeout as wait } from 'node:timers/promises';
import { cronflow } from 'cronflow';

cronflow.define({ id: 'payments', name: 'Pay the invoices' }).forEach(
  { id: 'pay', title: 'Pay', unit: ['invoice', 'invoices'], explain: error => error.message },
  [100, 200, 300, 400],
  (euros, flow) => {
    flow
      .step({ id: 'transfer', title: 'Transfer' }, async ctx => {
        const receipt = await ctx.effect(\`invoice of \${euros}\`, () => pay(euros), { unit: ['payment', 'payments'] });
        if (euros === 200) throw new Error('The receipt has no date');
        return receipt;
      })
      .timeout('300ms');
  },
  { conserve: euros => euros, conserveUnit: '€', tolerateFailures: '50%' },
);

async function pay(euros: number) {
  if (euros === 300) await wait(60_000);
  return { receipt: \`R-\${euros}\` };
}
`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

const topOf = async (part: Locator) => (await part.boundingBox())?.y ?? NaN;

test('amounts stand below the counts, the plan says which effects are skipped, and what is unknown is settled in the inspector', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'payments.ts'), PAYMENTS);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Pay the invoices/ })
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    const rerun = page.getByRole('button', { name: 'Re-run failed (2)' });
    await rerun.waitFor({ timeout: 30_000 });

    const summary = page.getByRole('region', { name: 'Run', exact: true });
    const amounts = summary.getByText('€ 1,000 = € 500 done + € 500 failed');
    for (const [width, height] of [
      [1920, 1080],
      [1440, 900],
      [1024, 700],
      [800, 600],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await topOf(amounts), `below the counts, ${width} wide`).toBeGreaterThan(
        await topOf(summary.getByText('4 invoices')),
      );
      const views = summary.getByRole('tab', { name: 'Graph' });
      expect(await topOf(amounts), `not below the views, ${width} wide`).not.toBeGreaterThan(
        Math.max(await topOf(views), (await topOf(summary.getByText('4 invoices'))) + 60),
      );
    }
    await page.setViewportSize({ width: 1440, height: 900 });

    const dialog = page.getByRole('dialog');
    const plan = async () => {
      await rerun.click();
      await dialog.getByText('Effects', { exact: true }).waitFor();
      const text = await dialog.innerText();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      return text;
    };
    expect(await plan()).toContain(
      '1 payment already done is skipped, 1 is unknown. It was cut off: say in the inspector (Effects) whether it was done.',
    );

    await page.getByRole('button', { name: /^Present/ }).click();
    const presentation = page.getByRole('main', { name: 'Presentation' });
    await expect
      .poll(() => presentation.innerText())
      .toMatch(
        /2\sinvoices are done\. 2 could not be finished\.[\s\S]*€1,000\s+came in\s+It adds up, to the cent\.[\s\S]*€500 done\s+\+ €500 not finished/,
      );
    expect(await presentation.innerText()).not.toContain('set aside');
    await page.keyboard.press('Escape');

    await page.getByRole('tab', { name: 'Batches' }).click();
    const batches = page.getByRole('region', { name: 'Batches' });
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await batches.getByRole('row', { name: 'Batch 1, failed' }).click();
    await inspector.getByRole('tab', { name: 'Error' }).click();
    // Its explain gives the message: that is not shown twice. The line that failed has it once more, as code.
    await inspector.locator('.error-card .hot-line').getByText('The receipt has no date').waitFor();
    expect(await inspector.locator('.error-message').allInnerTexts()).toEqual(['The receipt has no date']);
    expect(await inspector.locator('.error-explain').count()).toBe(0);
    await inspector.getByRole('tab', { name: 'Effects' }).click();
    await inspector.getByText('"R-200"').waitFor();

    await batches.getByRole('row', { name: 'Batch 2, failed' }).click();
    await inspector.getByText('Unknown: it was cut off. Look up whether it was done').waitFor();
    await takePicture(page, 'effects-unknown');
    await inspector.getByRole('textbox', { name: 'Receipt as JSON, if it was done' }).fill('{"receipt":"R-300"}');
    await inspector.getByRole('button', { name: 'It was done' }).click();
    await inspector.getByText('Done, as somebody said').waitFor();
    expect(await plan()).toContain('2 payments already done are skipped');
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
});
