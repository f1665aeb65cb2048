import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

const ORDERS = `import { cronflow } from 'cronflow';
import { z } from 'zod';
const payload = z.object({
  title: z.string().min(3).meta({ description: 'Stands on the cover' }),
  format: z.enum(['csv', 'json']),
  seats: z.int().min(1).max(10).default(2),
  note: z.string().nullable(),
  dry: z.boolean().optional(),
  shops: z.array(z.string()).max(3),
  from: z.iso.datetime().optional(),
  address: z.object({ zip: z.string().regex(/^\\d{5}$/) }),
});
cronflow.define({ id: 'orders', name: 'Export the orders', description: 'Writes one file with all orders.', payload })
  .step('say', ctx => ctx.payload);
`;

let browser: Browser;
let studio: ServedStudio;
let workspace: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  const folder = temporaryFolder();
  workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'orders.ts'), ORDERS);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url, { timezoneId: 'Europe/Berlin' }));
});
afterEach(async () => {
  await page?.context().close();
  await studio?.stop();
});

const region = (name: string) => page.getByRole('region', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const button = (name: string) => page.getByRole('button', { name, exact: true });

async function openForm(): Promise<void> {
  await region('Workflows')
    .getByRole('button', { name: /Export the orders/ })
    .click();
  await button('Run').click();
}

async function payloadOfRun(): Promise<unknown> {
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
  await region('Inspector').getByRole('tab', { name: 'Input', exact: true }).click();
  const shown = page.getByLabel('Payload', { exact: true });
  await expect.poll(() => shown.innerText()).toContain('}');
  return JSON.parse(await shown.innerText());
}

test('a form is sent with Enter, told beside its fields what is wrong, and begins the next run with what was given', async () => {
  await openForm();
  await dialog().getByLabel('title').fill('ab');
  await dialog().getByLabel('zip').fill('12');
  await dialog().getByRole('group', { name: 'shops' }).getByRole('button', { name: 'Add' }).click();
  await dialog().getByLabel('shops 1', { exact: true }).fill('Berlin');
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog().getByLabel('title').getAttribute('aria-invalid')).toBe('true');
  expect(await dialog().innerText()).toMatch(/title[\s\S]*3 characters[\s\S]*zip[\s\S]*must match pattern/);
  expect(await page.locator('.notice').count()).toBe(0);

  await dialog().getByLabel('title').fill('Autumn');
  await dialog().getByLabel('zip').fill('12345');
  await dialog().getByLabel('seats').fill('11');
  await page.keyboard.press('Enter');
  await dialog().getByText('It must be from 1 to 10.').waitFor();
  await dialog().getByLabel('seats').fill('3');
  await page.keyboard.press('Enter');
  const given = { title: 'Autumn', format: 'csv', seats: 3, note: null, shops: ['Berlin'], address: { zip: '12345' } };
  expect(await payloadOfRun()).toEqual(given);
  const row = region('Workflows').getByRole('button', { name: /Export the orders/ });
  expect(await row.getAttribute('aria-current')).toBe('true');

  await button('Run again…').click();
  await expect.poll(() => dialog().getByLabel('title').inputValue()).toBe('Autumn');
  await expect.poll(() => dialog().getByLabel('Begin with').innerText()).toContain('the payload of run 1');
  await dialog().getByLabel('json', { exact: true }).check();
  await dialog().getByLabel('note').fill('in a hurry');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByText('run 2').waitFor();
  expect(await payloadOfRun()).toEqual({ ...given, format: 'json', note: 'in a hurry' });

  // Of two runs of before, it begins with the one that is open; the other can be chosen.
  await button('Run again…').click();
  await expect.poll(() => dialog().getByLabel('note').inputValue()).toBe('in a hurry');
  await dialog().getByLabel('Begin with').selectOption('the payload of run 1');
  await expect.poll(() => dialog().getByLabel('note').inputValue()).toBe('');
  await dialog().getByText('At most 3 entries.').waitFor();
  // A moment is typed in one's own time, and sent in UTC.
  await dialog().getByLabel('from').fill('2026-07-31T10:00:05');
  await dialog().getByText('In your time zone, Europe/Berlin').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByText('run 3').waitFor();
  expect(await payloadOfRun()).toEqual({ ...given, from: '2026-07-31T08:00:05Z' });
  expect(complaints).toEqual([]);
});

test('the JSON of a payload stands beside the form, and what the host cannot start is told in the dialog', async () => {
  await openForm();
  await dialog().getByLabel('title').fill('Autumn');
  await dialog().getByRole('tab', { name: 'JSON' }).click();
  const json = dialog().getByLabel('Payload', { exact: false }).last();
  await expect.poll(() => json.inputValue()).toContain('"title": "Autumn"');
  await json.fill('{"title": ');
  await page.keyboard.press('Control+Enter');
  await dialog().getByText('This is not JSON').waitFor();
  await json.fill('{"title": "ab"}');
  await page.keyboard.press('Control+Enter');
  await dialog().getByText('The payload does not fit workflow "orders"').waitFor();
  await dialog().getByRole('tab', { name: 'Form' }).click();
  await dialog().getByText('The form cannot show this JSON').waitFor();
});

describe('a dialog with something typed in it', () => {
  test('is closed by Escape only after a question, and gives way to no other dialog', async () => {
    await openForm();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog().count()).toBe(0);
    await button('Run').click();
    await dialog().getByLabel('title').fill('Autumn');
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await dialog().getByText('Discard what you typed?').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog().getByText('Discard what you typed?').count()).toBe(0);
    expect(await dialog().getByLabel('title').inputValue()).toBe('Autumn');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('button', { name: 'Discard', exact: true }).click();
    await expect.poll(() => dialog().count()).toBe(0);
  });

  test('of a new workflow is sent with Enter', async () => {
    await button('New…').click();
    await dialog().getByLabel('Name').fill('Sort the letters');
    await page.keyboard.press('Enter');
    await region('Workflows')
      .getByRole('button', { name: /Sort the letters/ })
      .waitFor();
  });
});

test('a presentation asks for the payload in its own words, and Escape there closes the dialog only', async () => {
  await region('Workflows')
    .getByRole('button', { name: /Export the orders/ })
    .click();
  await page.keyboard.press('p');
  await button('Start').click();
  await dialog().getByLabel('title').fill('ab');
  expect(await dialog().innerText()).not.toContain('JSON');
  await page.keyboard.press('Enter');
  await dialog()
    .getByText(/3 characters/)
    .waitFor();
  await page.keyboard.press('Escape');
  await dialog().getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByRole('main', { name: 'Presentation' }).waitFor();
  await button('Start').click();
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog().count()).toBe(0);
  await page.getByRole('main', { name: 'Presentation' }).waitFor();
});

test('a file that does not load is not offered to be run, and the button says why', async () => {
  await region('Workflows')
    .getByRole('button', { name: /Export the orders/ })
    .click();
  writeFileSync(path.join(workspace, 'orders.ts'), `${ORDERS}\nconst = 5;`);
  await expect.poll(() => button('Run').isDisabled()).toBe(true);
  expect(await button('Run').getAttribute('title')).toMatch(/^orders\.ts does not load: /);
});
