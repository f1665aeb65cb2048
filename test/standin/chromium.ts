import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Cdp } from './cdp.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--hide-scrollbars',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  // Electron has no blocker: whether a window opens is for the app to say.
  '--disable-popup-blocking',
  '--disable-component-update',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--password-store=basic',
  '--use-mock-keychain',
  '--disable-features=HttpsUpgrades,MediaRouter,Translate',
  '--disable-gpu',
  // The page has nothing to do with the network. What is tried all the same fails at once.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
  '--remote-debugging-pipe',
];

/** Starts the browser: we talk to it through the pipe, and Playwright through the port, whose address it reads on our stderr. */
export async function startChromium(userData: string, debuggingPort: string): Promise<Cdp> {
  const profile = path.join(userData, 'chromium');
  mkdirSync(profile, { recursive: true });
  const { executable, env } = await chromium();
  const child = spawn(
    executable,
    [...FLAGS, `--user-data-dir=${profile}`, `--remote-debugging-port=${debuggingPort}`],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [, , stderr, out, input] = child.stdio as [null, null, Readable, Writable, Readable];
  const cdp = new Cdp(out, input);
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      const [, found] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', code => reject(new Error(`Chromium ended with code ${code}.\n${said}`)));
  });
  await cdp.send('Target.setDiscoverTargets', { discover: true });
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  process.stderr.write(`\nDevTools listening on ${address}\n`);
  return cdp;
}

async function chromium(): Promise<{ executable: string; env?: Readonly<Record<string, string>> }> {
  const named = process.env.ELECTRON_STANDIN_CHROMIUM;
  if (named !== undefined) return { executable: named };
  const { findBrowser } = await import('../support/browser.ts');
  return await findBrowser();
}
