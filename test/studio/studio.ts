import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from '../support/browser.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A workspace with copies of some examples, beside the packages they import. */
export function workspaceWith(folder: string, examples: readonly string[]): string {
  const workspace = path.join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  for (const example of examples) cpSync(path.join(root, 'examples', example), path.join(workspace, example));
  if (!existsSync(path.join(folder, 'node_modules')))
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return workspace;
}

export interface ServedStudio {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** `cronflow serve` in a process of its own. @param options Of the command */
export async function serveStudio(
  workspace: string,
  dataFolder: string,
  options: readonly string[] = ['--trust'],
  env: Readonly<Record<string, string>> = {},
): Promise<ServedStudio> {
  const child = spawn(process.execPath, [path.join(root, 'bin', 'cronflow.mjs'), 'serve', workspace, ...options], {
    env: { ...process.env, CRONFLOW_DATA: dataFolder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += String(chunk);
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(said)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', code => reject(new Error(`cronflow serve ended with ${code}: ${said}`)));
  });
  child.on('exit', (code, signal) => {
    if (code !== 0 && signal !== 'SIGTERM')
      process.stderr.write(`cronflow serve ended with ${code ?? signal}: ${said}\n`);
  });
  return {
    url,
    process: child,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A page that fails the test for what it says in its console, or throws. */
export async function openPage(
  browser: Browser,
  url: string,
  options: {
    readonly colorScheme?: 'dark' | 'light';
    readonly width?: number;
    readonly height?: number;
    readonly timezoneId?: string;
    /** What the system speaks: `de-DE`. */
    readonly locale?: string;
  } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'dark',
    ...(options.timezoneId !== undefined && { timezoneId: options.timezoneId }),
    ...(options.locale !== undefined && { locale: options.locale }),
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

export interface OpenedStudio {
  readonly studio: ServedStudio;
  readonly page: Page;
  readonly complaints: string[];
  /** Where its files are. */
  readonly workspace: string;
  /** Ends the browser and the server, and removes the files. */
  close(): Promise<void>;
}

/** A page of a Studio that shows a folder of its own. @param files Their texts, by name; @param examples Are copied into it; @param env Of the Studio */
export async function openedStudio(
  files: Readonly<Record<string, string>>,
  examples: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<OpenedStudio> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-studio-'));
  const workspace = workspaceWith(folder, examples);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  const browser = await launchBrowser();
  const studio = await serveStudio(workspace, path.join(folder, 'data'), ['--trust'], env);
  const close = async () => {
    await browser.close();
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { studio, workspace, close, ...(await openPage(browser, studio.url)) };
  } catch (error) {
    await close();
    throw error;
  }
}

export { launchBrowser };
