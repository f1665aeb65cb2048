import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { ensureBuilt } from '../test/support/built.ts';
import { readingsWorkspace } from '../test/studio/readings.ts';
import { takePresentation } from './presentation-pictures.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';

/*
 * Takes pictures of the views of the Studio, in dark and in light and in windows of several sizes, for a person to look
 * at before a release: `npm run pictures -- <folder>`.
 */

interface Scene {
  readonly name: string;
  readonly address: string;
  /** What a person does there. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Of one that is much the same in the others. */
  readonly sizes?: readonly Size[];
}

type Size = readonly [width: number, height: number];

const COMMON: Size = [1440, 900];
const ALL_SIZES: readonly Size[] = [
  COMMON,
  [1024, 700],
  [1920, 1080],
  [800, 600],
  // A window of 1440 x 900 at 200 %.
  [720, 450],
];
const ONE_SIZE: readonly Size[] = [COMMON];

/** Graph and map draw themselves in some frames after the data is there, and say nothing when they have. */
const SETTLED_MS = 400;

const FORM = `import { cronflow } from 'cronflow';
import { z } from 'zod';
const payload = z.object({
  title: z.string().min(3).describe('What stands on the invoice'),
  kind: z.enum(['invoice', 'reminder', 'credit']),
  due: z.iso.date().optional(),
  copies: z.number().int().min(1).max(9).default(1),
  note: z.string().nullable(),
  to: z.object({ name: z.string(), city: z.string().optional() }),
  tags: z.array(z.string()).default(['new']),
});
cronflow.define({ id: 'invoices', name: 'Send invoices', description: 'One for each order of the month.', payload })
  .forEach('each', Array.from({ length: 60 }, (_, at) => at), (at, flow) => {
    flow.step('render', async () => {
      await new Promise(resolve => setTimeout(resolve, at % 17 === 5 ? 900 : 5 + at));
      return { total: at * 7 };
    });
    flow.step('send', ctx => {
      if (ctx.attempt === 1 && at % 6 === 0) throw new Error('503 from the mail service');
      if (at === 31) throw new Error('The address of order 31 is empty', { cause: new TypeError('city is undefined') });
    }).retry({ attempts: 3, backoff: { delay: 200 } });
  }, { concurrency: 6 });
`;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();
const FILMS = '#/run/1';
const FAILED = '?node=clean&batch=0';
const RETRIED = '#/run/2';

const SCENES: readonly Scene[] = [
  { name: 'before', address: '#/workflow/films.ts/films/graph', sizes: ONE_SIZE },
  { name: 'graph', address: `${FILMS}/graph${FAILED}&tab=error` },
  { name: 'graph-run', address: `${FILMS}/graph` },
  { name: 'batches', address: `${FILMS}/batches${FAILED}&tab=error` },
  { name: 'timeline', address: `${FILMS}/timeline` },
  { name: 'compare', address: `${FILMS}/compare${FAILED}` },
  ...['summary', 'input', 'output', 'error', 'logs', 'attempts', 'state', 'source'].map((name): Scene => ({
    name: `tab-${name}`,
    address: `${FILMS}/graph${FAILED}&tab=${name}`,
    sizes: ONE_SIZE,
  })),
  { name: 'logs', address: `${FILMS}/graph?drawer=logs` },
  { name: 'playback', address: `${RETRIED}/batches?drawer=playback&at=900` },
  { name: 'times', address: `${RETRIED}/batches` },
  { name: 'attempts', address: `${RETRIED}/batches?node=each&batch=12&tab=attempts&colour=attempt` },
  { name: 'data', address: `${RETRIED}/batches?colour=data&expression=output.total+%3E+200`, sizes: ONE_SIZE },
  { name: 'retried-graph', address: `${RETRIED}/graph` },
  { name: 'retried-timeline', address: `${RETRIED}/timeline`, sizes: ONE_SIZE },
  { name: 'cause', address: `${RETRIED}/graph?node=each&batch=31&tab=error`, sizes: ONE_SIZE },
  { name: 'runs-compared', address: '#/run/4/compare?compare=runs&with=3', sizes: ONE_SIZE },
  { name: 'selection', address: '#/run/3/batches?of=import&select=0-199' },
  {
    name: 'climb',
    address: '#/run/3/batches?of=import&select=0-199',
    prepare: async page => {
      await button(page, /^Re-run the \d+ failed/).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Start with 1 batch…' }).click();
      await page.getByRole('region', { name: 'Re-run in rungs' }).waitFor();
    },
  },
  {
    name: 'rerun',
    address: `${FILMS}/graph`,
    prepare: async page => {
      await button(page, /^Re-run failed/).click();
      await page.getByRole('dialog').getByText('28 batches').waitFor();
    },
  },
  {
    name: 'form',
    address: '#/workflow/invoices.ts/invoices/graph',
    prepare: async page => {
      await button(page, /^Run/).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'edit-items',
    address: `${FILMS}/graph${FAILED}&tab=input`,
    sizes: ONE_SIZE,
    prepare: async page => await button(page, 'Edit items…').click(),
  },
  { name: 'palette', address: `${FILMS}/graph`, sizes: ONE_SIZE, prepare: page => page.keyboard.press('Control+k') },
  { name: 'help', address: `${FILMS}/graph`, sizes: ONE_SIZE, prepare: page => page.keyboard.press('?') },
  { name: 'present', address: `${FILMS}/present` },
];

/** Until nothing is said to be on its way any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(SETTLED_MS);
  const onItsWay = page.getByText(/^(Drawing|Loading)\b.*…$/);
  for (let turn = 0; turn < 30 && (await onItsWay.count()) > 0; turn++) await page.waitForTimeout(SETTLED_MS / 2);
}

/** One window for all scenes of a size: an address is loaded in it anew for each. */
async function takeAll(
  browser: Browser,
  url: string,
  size: Size,
  colorScheme: 'dark' | 'light',
  into: string,
): Promise<void> {
  const [width, height] = size;
  const { page } = await openPage(browser, url, { colorScheme, width, height });
  await page.getByRole('region', { name: 'Run', exact: true }).waitFor();
  for (const { name, address, prepare, sizes = ALL_SIZES } of SCENES) {
    if (!sizes.includes(size)) continue;
    try {
      await page.goto('about:blank');
      await page.goto(`${new URL(url).origin}/${address}`);
      await page.locator('.header').waitFor();
      await settle(page);
      await prepare?.(page);
      await settle(page);
      await page.screenshot({ path: path.join(into, `${name}-${width}-${colorScheme}.png`) });
    } catch (error) {
      process.stderr.write(`${name}, ${width}, ${colorScheme}: ${String(error)}\n`);
    }
  }
  await page.context().close();
}

const [, , into] = process.argv;
if (into === undefined) throw new Error('Name the folder for the pictures: npm run pictures -- <folder>');
mkdirSync(into, { recursive: true });
await ensureBuilt();
const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-pictures-'));
const workspace = readingsWorkspace(folder, 20);
workspaceWith(folder, ['films.ts', 'orders.ts']);
writeFileSync(path.join(workspace, 'invoices.ts'), FORM);
const payload = JSON.stringify({ title: 'March', kind: 'invoice', note: null, to: { name: 'Ada' } });
for (const what of [['films.ts'], ['invoices.ts', '--payload', payload], ['readings.ts'], ['readings.ts']])
  spawnSync(process.execPath, [path.resolve(import.meta.dirname, '../bin/cronflow.mjs'), 'run', ...what], {
    cwd: workspace,
    stdio: 'ignore',
  });
const browser = await launchBrowser();
const studio = await serveStudio(workspace, path.join(folder, 'data'));
try {
  for (const size of ALL_SIZES)
    for (const colorScheme of ['dark', 'light'] as const) await takeAll(browser, studio.url, size, colorScheme, into);
} finally {
  await browser.close();
  await studio.stop();
  rmSync(folder, { recursive: true, force: true });
}
await takePresentation(into);
