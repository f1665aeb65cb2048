import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { Call } from '../support/call.ts';
import { temporaryFolder } from '../support/runs.ts';

const DEV = fileURLToPath(new URL('../../scripts/dev.ts', import.meta.url));

test.skipIf(whyNoBrowser !== undefined)(
  '`npm run dev` shows the page from its sources to who has the link, and to nobody else',
  async () => {
    const folder = temporaryFolder();
    const dev = new Call([folder], {
      cwd: folder,
      command: [process.execPath, DEV],
      env: { CRONFLOW_DATA: path.join(folder, 'data') },
    });
    onTestFinished(async () => {
      dev.kill('SIGTERM');
      await dev.done;
    });
    await dev.says('?token=');
    const url = /http:\S+/.exec(dev.stdout)?.[0] ?? '';
    const { origin } = new URL(url);

    for (const address of ['/', '/main.tsx', '/@vite/client']) {
      const { status } = await fetch(origin + address);
      expect(status, address).toBe(401);
    }

    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', message => said.push(message.text()));
    page.on('pageerror', error => said.push(String(error)));
    await page.goto(url);
    await page.getByRole('region', { name: 'Workflows' }).waitFor({ timeout: 90_000 }); // Vite makes the page from its sources now.
    await expect.poll(() => said.join('\n')).toContain('[vite] connected');
    expect(said.filter(line => /Content Security Policy|Error/.test(line))).toEqual([]);
  },
);
