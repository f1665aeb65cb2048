import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';

/*
 * Takes pictures of every state of the presentation, in both themes and both languages, as a projector shows them: real runs of
 * the films, brought into each state. `npm run pictures -- <folder>` takes these, too.
 */

const SIZE = { width: 1920, height: 1080 };
/** The largest of one state: sizes are by one factor, so the picture is the same. */
const LARGE = { width: 3840, height: 2160 };
const THEMES = ['dark', 'light'] as const;
const LANGUAGES = ['en', 'de'] as const;
const SETTLED_MS = 700;
const CLI = path.resolve(import.meta.dirname, '../bin/cronflow.mjs');

const WRONG = 'title: film.Title.trim(), // <--';
const PARTLY = 'title: film.Title === null ? film.Title.trim() : String(film.Title),';
const RIGHT = "title: String(film.Title ?? 'Untitled').trim(),";

const ORDERS = `import { cronflow } from 'cronflow';
const orders = Array.from({ length: 1200 }, (_, at) => ({ name: 'order ' + (1000 + at), price: 400 + (at % 7) * 201.5 }));
cronflow.define({ id: 'send', name: 'Send the orders', description: 'Charges each order, and sends it.' })
  .step({ id: 'collect', title: 'Collect the orders' }, () => orders.length)
  .forEach(
    {
      id: 'each', title: 'Send the orders', unit: ['order', 'orders'],
      label: order => order.name,
      explain: error => (error.message === 'no postcode' ? 'The address has no postcode.' : 'The bank does not accept the card.'),
    },
    orders,
    (order, flow) => {
      flow.step('charge', () => {
        const at = Number(order.name.slice(6));
        if (at % 61 === 0) throw new Error('card refused');
        if (at % 130 === 7) throw new Error('no postcode');
        return order.price;
      }, { pure: true });
    },
    { concurrency: 8, conserve: order => order.price, conserveUnit: '€' },
  )
  .step({ id: 'report', title: 'Report to the shop' }, () => 'done');
`;

/** Its steps do not hear that they are to end. */
const LETTERS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'letters', name: 'Send the letters' }).forEach(
  { id: 'each', title: 'Send the letters', unit: ['letter', 'letters'] },
  Array.from({ length: 60 }, (_, at) => at),
  (at, flow) => {
    flow.step('send', async () => await new Promise(resolve => setTimeout(resolve, at < 12 ? 20 : 12_000)));
  },
  { concurrency: 4 },
);
`;

interface View {
  readonly name: string;
  readonly page: Page;
}

class Shoot {
  readonly #views: readonly View[];
  readonly #origin: string;
  readonly #into: string;

  constructor(views: readonly View[], origin: string, into: string) {
    this.#views = views;
    this.#origin = origin;
    this.#into = into;
  }

  async goTo(address: string): Promise<void> {
    await this.#all(({ page }) => page.goto(`${this.#origin}/#/${address}/present`));
  }

  /** As soon as all views are in a state. */
  async take(name: string, state: string, waitMs = SETTLED_MS): Promise<void> {
    try {
      await this.#all(({ page }) => page.locator(`.present-say.is-${state}`).waitFor({ timeout: 30_000 }));
      await this.#all(({ page }) => page.waitForTimeout(waitMs));
    } catch (error) {
      process.stderr.write(`present-${name}: ${String(error)}\n`);
    }
    await this.#all(({ page, name: view }) =>
      page.screenshot({ path: path.join(this.#into, `present-${name}-${view}.png`) }),
    );
  }

  async press(keys: readonly string[]): Promise<void> {
    await this.#all(async ({ page }) => {
      for (const key of keys) await page.keyboard.press(key);
    });
  }

  async #all(act: (view: View) => Promise<unknown>): Promise<void> {
    await Promise.all(this.#views.map(act));
  }
}

async function openViews(browser: Browser, url: string): Promise<readonly View[]> {
  const views: View[] = [];
  for (const colorScheme of THEMES)
    for (const locale of LANGUAGES) {
      const { page } = await openPage(browser, url, { colorScheme, locale, ...SIZE });
      await page.locator('.header').waitFor();
      views.push({ name: `${colorScheme}-${locale}`, page });
    }
  const { page } = await openPage(browser, url, { colorScheme: 'dark', locale: 'en', ...LARGE });
  await page.locator('.header').waitFor();
  return [...views, { name: '4k-dark-en', page }];
}

/** The window with the notes. */
async function takeNotes(views: readonly View[], into: string): Promise<void> {
  for (const { name, page } of views) {
    const [notes] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('n')]);
    await notes.setViewportSize({ width: 1280, height: 800 });
    await notes
      .getByRole('textbox')
      .fill('Ask: “Who knows the film 1941?”\n\nWait. Then change the one line, and save.');
    await notes.screenshot({ path: path.join(into, `present-notes-${name}.png`) });
    await notes.close();
  }
}

/** Films as the example has them, with another line for the wrong one, and slower: somebody is to see them run. */
function slowFilms(workspace: string, line: string): void {
  const text = readFileSync(path.resolve(import.meta.dirname, '../examples/films.ts'), 'utf8');
  const changed = text.replace(WRONG, line).replace(".delay('250ms')", ".delay('900ms')");
  writeFileSync(path.join(workspace, 'films.ts'), changed);
}

export async function takePresentation(into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-presented-'));
  const workspace = workspaceWith(folder, ['films.ts']);
  slowFilms(workspace, WRONG);
  writeFileSync(path.join(workspace, 'orders.ts'), ORDERS);
  writeFileSync(path.join(workspace, 'letters.ts'), LETTERS);
  const call = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { cwd: workspace, stdio: 'ignore' });
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [CLI, ...args], { cwd: workspace, stdio: 'ignore' });
  const ended = (child: ChildProcess) =>
    new Promise<void>(resolve => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });

  const browser = await launchBrowser();
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const views = await openViews(browser, studio.url);
    const [first] = views;
    const shoot = new Shoot(views, new URL(studio.url).origin, into);
    await shoot.goTo('workflow/films.ts/films');
    await shoot.take('1-before', 'before');

    const films = start('run', 'films.ts');
    const filmsEnded = ended(films);
    await first?.page.waitForTimeout(2_000);
    await shoot.goTo('run/1');
    await shoot.take('2-running', 'running', 2_500);
    await filmsEnded;
    await shoot.take('3-failed', 'failed', 8_000);
    for (const [chapter, name] of ['runs', 'fail', 'why', 'green'].entries()) {
      await shoot.press(chapter === 0 ? ['PageUp', 'PageUp', 'PageUp'] : ['PageDown']);
      await shoot.take(`3-failed-${chapter + 1}-${name}`, 'failed');
    }
    await takeNotes(views, into);
    slowFilms(workspace, PARTLY);
    await shoot.take('4-partly', 'partly');
    slowFilms(workspace, RIGHT);
    await shoot.take('5-corrected', 'corrected');
    await first?.page.getByRole('button', { name: 'Try again' }).click();
    await shoot.take('6-trying-again', 'running', 300);
    await shoot.take('7-done', 'done', 2_000);

    const paused = start('run', 'films.ts');
    const pausedEnded = ended(paused);
    await first?.page.waitForTimeout(3_500);
    await first?.page.goto(`${new URL(studio.url).origin}/#/run/2/graph`);
    await first?.page.getByRole('button', { name: /^Pause/ }).click();
    await pausedEnded;
    await shoot.goTo('run/2');
    await shoot.take('8-paused', 'paused');

    const cut = start('run', 'films.ts');
    await first?.page.waitForTimeout(3_500);
    cut.kill('SIGKILL');
    await shoot.goTo('run/3');
    await shoot.take('9-interrupted', 'interrupted', 3_000);

    const cancelled = start('run', 'films.ts');
    const cancelledEnded = ended(cancelled);
    await first?.page.waitForTimeout(3_000);
    call('cancel', '4');
    await cancelledEnded;
    await shoot.goTo('run/4');
    await shoot.take('10-cancelled', 'cancelled');

    slowFilms(workspace, WRONG);
    call('run', 'films.ts');
    call('find', '5', '--yes');
    call('rerun', '5', '--set-aside', 'found');
    await shoot.goTo('run/5');
    await shoot.take('11-set-aside', 'set-aside');

    call('run', 'orders.ts');
    await shoot.goTo('run/6');
    await shoot.take('12-amounts', 'failed', 6_000);

    const letters = start('run', 'letters.ts');
    await first?.page.waitForTimeout(1_500);
    await shoot.goTo('run/7');
    const cancel = start('cancel', '7');
    await shoot.take('13-stopping', 'cancelling');
    await Promise.all([ended(letters), ended(cancel)]);
  } finally {
    await browser.close();
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
