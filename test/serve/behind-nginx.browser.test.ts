import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../scripts/free-port.ts';
import { bringAxe, violationsNow } from '../studio/axe.ts';
import { takePictures } from '../studio/pictures.ts';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { startNginx, whyNoNginx, type Nginx } from '../support/nginx.ts';
import { Project } from '../support/project.ts';

/* A real browser, nginx with the configuration of docs/server.md, and `cronflow serve` behind it. */

const whyNot = whyNoBrowser ?? whyNoNginx;
if (whyNot !== undefined) console.warn(`Skipped, the Studio behind nginx: ${whyNot}`);

let browser: Browser;
beforeAll(async () => {
  if (whyNot === undefined) browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

interface Behind {
  readonly nginx: Nginx;
  readonly page: Page;
  /** What the page's console has complained about. */
  readonly complaints: string[];
  readonly token: string;
  readonly address: string;
}

/** @param below The path that the Studio is under */
async function behindNginx(below: string, change?: (configuration: string) => string): Promise<Behind> {
  const project = new Project({
    'flow.ts': Project.workflow(
      "cronflow.define({ id: 'rooms', name: 'Clean the rooms' }).step('count', () => 3).step('clean', () => note('cleaned'));",
    ),
  });
  const ports = { tls: await freePort(), server: await freePort() };
  const nginx = await startNginx(ports, change);
  const address = `${nginx.origin}${below}`;
  const call = project.start(
    ['serve', '--json', '--trust', '--port', `${ports.server}`, '--public-url', address, '--token-file', 'token'],
    { env: { CRONFLOW_DATA: project.path('.data') } },
  );
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  onTestFinished(async () => {
    await page.context().close();
    call.kill('SIGTERM');
    await call.done;
    await nginx.close();
  });
  await call.says('"event":"serving"');
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { nginx, page, complaints, address, token: readFileSync(project.path('token'), 'utf8').trim() };
}

async function signIn({ page, token }: Behind): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const workflows = (page: Page) => page.getByRole('region', { name: 'Workflows' });

describe.skipIf(whyNot !== undefined)('the Studio behind nginx', () => {
  test('asks for the token, shows the folder, and runs a workflow live over the socket; no log has the token', async () => {
    const behind = await behindNginx('/');
    const { page, nginx, token, complaints, address } = behind;
    const plain = await fetch(`${nginx.plainOrigin}/runs`, { redirect: 'manual' });
    expect(plain.headers.get('location')).toBe('https://127.0.0.1/runs');
    await page.goto(address);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not the token of this server.').waitFor();
    await bringAxe(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violationsNow(page, 'html')).toEqual([]);
    }
    await takePictures(page, 'sign-in');
    // The two answers with 401 are told in the console.
    complaints.length = 0;
    await signIn(behind);

    await workflows(page).getByText('Clean the rooms').waitFor();
    expect(page.url()).not.toContain('key=');
    await workflows(page).getByText('Clean the rooms').click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    expect(nginx.log()).not.toContain(token);
  });

  test('is found under a path, by a link on another site too, for who is signed in', async () => {
    const behind = await behindNginx('/tools/studio/', configuration =>
      configuration.replace('location / {', 'location /tools/studio/ {'),
    );
    const { page, address, complaints } = behind;
    await page.goto(address);
    await signIn(behind);
    await workflows(page).getByText('Clean the rooms').waitFor();
    await page.route('https://elsewhere.example/', async route => {
      await route.fulfill({ contentType: 'text/html', body: `<a href="${address}">the Studio</a>` });
    });
    await page.goto('https://elsewhere.example/');
    complaints.length = 0;
    await page.getByRole('link').click();
    await workflows(page).getByText('Clean the rooms').waitFor();
    await page.reload();
    await workflows(page).getByText('Clean the rooms').waitFor();
    expect(complaints).toEqual([]);
  });

  test('says what to change in a configuration that does not pass on the name', async () => {
    const { page, address } = await behindNginx('/', configuration => configuration.replace(/^.*header Host.*\n/m, ''));
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(403);
    expect(await page.textContent('body')).toContain('proxy_set_header Host $http_host');
  });
});
