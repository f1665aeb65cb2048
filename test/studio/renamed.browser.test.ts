import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/*
 * A step is renamed between a run and its resume, and again between that and a re-run: the Studio asks, and no letter goes
 * out twice. The rules themselves: test/run/changed-nodes.test.ts.
 */

/** Each letter that goes out is a line in the ledger. The third kills its process once; the fifth has no address yet. */
const letters = (
  batches: string,
  title: string,
  withStamps: boolean,
) => `import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { cronflow } from 'cronflow';

let flow = cronflow.define({ id: 'letters', name: 'Letters' });
${withStamps ? `flow = flow.step({ id: 'stamps', title: 'Buy stamps' }, () => 6);` : ''}
flow.batch({ id: '${batches}', title: '${title}', unit: ['letter', 'letters'] }, { items: [1, 2, 3, 4, 5, 6], size: 1, concurrency: 1 }, ([letter], inner) => {
  inner.step('mail', () => {
    if (letter === 3 && existsSync('kill')) { rmSync('kill'); process.kill(process.pid, 'SIGKILL'); }
    if (letter === 5 && !existsSync('address')) throw new Error('no address');
    appendFileSync('ledger', letter + '\\n');
  });
});
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let workspace: string;
const file = (name: string) => path.join(workspace, name);
const ledger = () => (existsSync(file('ledger')) ? readFileSync(file('ledger'), 'utf8').trim().split('\n') : []);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const headline = (text: string) => page.getByRole('heading', { name: text, level: 1 }).waitFor();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-renamed-'));
  workspace = workspaceWith(folder, []);
  writeFileSync(file('letters.ts'), letters('send', 'Send letters', true));
  writeFileSync(file('kill'), '');
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a resume is refused until it is answered what has become of renamed and removed steps', async () => {
  await button('Run').click();
  await dialog().getByRole('button', { name: 'Start' }).click();
  await headline('Interrupted');
  expect(ledger()).toEqual(['1', '2']);
  writeFileSync(file('letters.ts'), letters('deliver', 'Deliver letters', false));

  // Who looks at the presentation cannot answer that.
  await page.keyboard.press('p');
  const presentation = page.getByRole('main', { name: 'Presentation' });
  await presentation.getByText('A developer must look at this first.').waitFor();
  expect(await presentation.getByRole('button', { name: 'Continue' }).count()).toBe(0);
  await page.keyboard.press('Escape');

  await button('Resume').click();
  const send = dialog().getByRole('group', { name: 'The batch “Send letters” (6 batches, 2 succeeded) is not' });
  const stamps = dialog().getByRole('group', { name: 'The step “Buy stamps” (1 result) is not' });
  const resume = dialog().getByRole('button', { name: 'Resume' });
  await send.waitFor();
  expect(await resume.isDisabled()).toBe(true);
  await send.getByText('You lose 2 batches that succeeded. What this work did is done a second time.').waitFor();
  await stamps.getByText('No new step in the file can be it.').waitFor();
  await send.getByLabel('It is now called').check();
  expect(await send.getByRole('combobox').inputValue()).toBe('deliver');
  expect(await resume.isDisabled()).toBe(true);
  await stamps.getByLabel('Discard its stored work').check();
  await dialog().getByText('stored work of Buy stamps').waitFor();
  await resume.click();
  await headline('1 of 6 batches failed');
  expect(ledger()).toEqual(['1', '2', '3', '4', '6']);
  // The page shows the batches under the new name, without being reloaded.
  await page.getByRole('tab', { name: 'Batches', exact: true }).click();
  await expect.poll(() => page.getByRole('row', { name: /^Batch \d/ }).count()).toBe(6);
});

test('a re-run is refused in the same way, and asks anew when the file is saved meanwhile', async () => {
  writeFileSync(file('address'), '');
  writeFileSync(file('letters.ts'), letters('post', 'Post letters', false));
  await button('Re-run failed (1)').click();
  const rerun = dialog().getByRole('button', { name: 'Re-run', exact: true });
  const asked = dialog().getByRole('group', { name: 'The batch “Deliver letters” (6 batches, 5 succeeded) is not' });
  await asked.getByLabel('Discard its stored work').check();
  await dialog().getByText('stored work of Deliver letters').waitFor();
  writeFileSync(file('letters.ts'), letters('mailing', 'Mail letters', false));
  await expect.poll(() => asked.getByRole('combobox').inputValue()).toBe('mailing');
  expect(await asked.getByRole('radio', { checked: true }).count()).toBe(0);
  await expect.poll(() => rerun.isDisabled()).toBe(true);
  await asked.getByLabel('It is now called').check();
  await dialog().getByText('1 batch of').waitFor();
  await rerun.click();
  await headline('Completed');
  expect(ledger()).toEqual(['1', '2', '3', '4', '6', '5']);
});
