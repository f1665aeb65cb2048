import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import type { Args, MethodName, Result } from '../../host/api/api.ts';
import { FolderTrust } from '../../host/trust/folder-trust.ts';
import { ensureBuilt } from '../support/built.ts';
import { findBrowser, whyNoBrowser } from '../support/browser.ts';

/*
 * The built desktop app, as Playwright drives it: on a real Electron where STUDIO_ELECTRON names one, else on the stand-in of
 * test/standin.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STANDIN = path.join(ROOT, 'test', 'standin', 'electron');
/** Time for the page to come up on a machine that is busy. */
const READY_WITHIN_MS = 30_000;

export const isReal = process.env.STUDIO_ELECTRON !== undefined;
export const electron = process.env.STUDIO_ELECTRON ?? STANDIN;

/** Why the desktop app cannot be started here, in a sentence; undefined when it can. */
export const whyNoDesktop = isReal
  ? undefined
  : process.platform === 'win32'
    ? 'The stand-in for Electron is a shell script: on Windows, STUDIO_ELECTRON has to name a real one.'
    : whyNoBrowser;

export interface LaunchOptions {
  readonly data: string;
  /** What it is told to open. */
  readonly open?: string;
  /** Whether the folders beside `data` were trusted before. @default true */
  readonly trusted?: boolean;
  /** Starts it with `--trust`. */
  readonly trust?: boolean;
}

/** The desktop app in a process of its own. */
export class Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Resolves with how the process ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;

  private constructor(app: ElectronApplication, page: Page) {
    this.app = app;
    this.page = page;
    this.exited = new Promise(resolve => app.process().once('exit', (code, signal) => resolve({ code, signal })));
  }

  static async launch(options: LaunchOptions): Promise<Desktop> {
    await ensureBuilt();
    if (options.trusted !== false) await new FolderTrust(options.data).trust(path.dirname(options.data));
    const app = await _electron.launch({
      executablePath: electron,
      args: appArguments(options),
      env: await appEnvironment(options.data),
      timeout: READY_WITHIN_MS,
      // Chromium does not sandbox a root's pages, as one is in containers.
      chromiumSandbox: process.getuid?.() !== 0,
    });
    const page = await app.firstWindow();
    // Not by their roles: behind the question whether the folder is trusted, they have none. In a narrow window the list is a rail.
    await page.locator('section[aria-label="Workflows"] li, nav.rail').first().waitFor({ timeout: READY_WITHIN_MS });
    return new Desktop(app, page);
  }

  /** Another start of the app, beside this one; resolves with its exit code. */
  static async start(options: LaunchOptions): Promise<number | null> {
    const child = spawn(electron, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...appArguments(options)], {
      env: await appEnvironment(options.data),
      stdio: 'ignore',
    });
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
  }

  /** Asks the host what the page could ask, over the page's own pipe. The page's own client hears nothing more until `reload`. */
  async ask<M extends MethodName>(method: M, args: Args<M>): Promise<Result<M>> {
    const { r, e } = await this.page.evaluate(askHost, { method, args: args as unknown });
    if (e !== undefined) throw Object.assign(new Error(e.message), { name: e.name });
    return r as Result<M>;
  }

  async until<T>(what: string, ask: () => Promise<T | undefined | false>, ms = 20_000): Promise<T> {
    for (const deadline = Date.now() + ms; Date.now() < deadline;) {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new Error(`It did not come to this within ${ms / 1000} s: ${what}`);
  }

  async runStatus(run: number): Promise<string | undefined> {
    return (await this.ask('listRuns', { limit: 100 })).find(item => item.run === run)?.status;
  }

  /** Starts a workflow file's one workflow as soon as it is known. */
  async startRun(file: string): Promise<number> {
    const workflow = await this.until(
      `${file} is known`,
      async () => (await this.ask('getWorkspace', {})).files.find(known => known.file === file)?.graphs[0]?.id,
    );
    const started = await this.ask('startRun', { file, workflow, payload: '{}' });
    if (!started.ok) throw new Error(started.problem.message);
    return started.value.run;
  }

  /** Answers the questions that the app asks a person, one after the other, by the words on the button. */
  async answerQuestions(...buttons: readonly string[]): Promise<void> {
    await this.app.evaluate(({ dialog }, answers) => {
      const rest = [...answers];
      const questions: unknown[] = [];
      Object.assign(globalThis, { questions });
      dialog.showMessageBox = (async (...args: readonly unknown[]) => {
        const options = args.at(-1) as { buttons?: string[]; message: string };
        questions.push(options);
        return { response: Math.max(0, options.buttons?.indexOf(rest.shift() ?? '') ?? 0), checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
    }, buttons);
  }

  /** What it has asked, since answers were given. */
  async questions(): Promise<
    readonly { readonly message: string; readonly detail: string; readonly buttons: readonly string[] }[]
  > {
    return await this.app.evaluate(
      () =>
        (globalThis as unknown as { questions: { message: string; detail: string; buttons: string[] }[] }).questions,
    );
  }

  /** Loads the page again: after `ask`, its own client is connected again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.getByRole('region', { name: 'Workflows' }).getByRole('listitem').first().waitFor();
  }

  /** Chooses an item of the native menu. */
  async chooseInMenu(id: string): Promise<void> {
    const isThere = await this.app.evaluate(({ Menu }, wanted) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
      item?.click();
      return item !== undefined && item !== null;
    }, id);
    if (!isThere) throw new Error(`The menu has no item ${id}.`);
  }

  /** What the page says is open: workspace, workflow and run. */
  async breadcrumb(): Promise<string> {
    return await this.page.getByRole('navigation', { name: 'Breadcrumb' }).innerText();
  }

  /** Ends it, whatever goes on in it. */
  async close(): Promise<void> {
    const child = this.app.process();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await this.exited;
  }
}

/** Folders for one test file, gone when `remove` is called. */
export function temporaryFolders(): { readonly folder: (name: string) => string; readonly remove: () => void } {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'cronflow-desktop-')));
  return {
    folder: name => path.join(root, name),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function appArguments({ open, trust = false }: LaunchOptions): string[] {
  return [ROOT, ...(open === undefined ? [] : [open]), ...(trust ? ['--trust'] : [])];
}

async function appEnvironment(data: string): Promise<Record<string, string>> {
  const { ELECTRON_RUN_AS_NODE: _, NODE_OPTIONS: __, ...env } = process.env;
  if (isReal) return { ...env, CRONFLOW_DATA: data } as Record<string, string>;
  const { executable, env: forBrowser } = await findBrowser();
  return { ...env, ...forBrowser, ELECTRON_STANDIN_CHROMIUM: executable, CRONFLOW_DATA: data } as Record<
    string,
    string
  >;
}

/** Runs in the page. */
async function askHost({
  method,
  args,
}: {
  method: string;
  args: unknown;
}): Promise<{ r?: unknown; e?: { name: string; message: string } }> {
  interface Answer {
    readonly t: string;
    readonly i?: string;
    readonly r?: unknown;
    readonly e?: { name: string; message: string };
  }
  const page = globalThis as unknown as {
    waiting?: Map<string, (answer: Answer) => void>;
    studio: { send: (message: unknown) => void; onMessage: (listener: (message: unknown) => void) => void };
  };
  if (!page.waiting) {
    const waiting = new Map<string, (answer: Answer) => void>();
    page.waiting = waiting;
    page.studio.onMessage(message => {
      const answer = message as Answer & { readonly m?: string };
      if (answer.t === 's') waiting.get(answer.i ?? '')?.(answer);
      // Events are answered, so that the host goes on telling.
      else if (answer.i !== undefined) page.studio.send({ t: 's', i: answer.i, r: undefined });
    });
  }
  const id = `test-${Math.random()}`;
  const { waiting } = page;
  const answer = new Promise<Answer>(resolve => {
    waiting.set(id, resolve);
  });
  page.studio.send({ t: 'q', i: id, m: method, a: [args] });
  const { r, e } = await answer;
  return e === undefined ? { r } : { e };
}
