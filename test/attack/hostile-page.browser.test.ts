import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { ServedApp } from '../serve/served.ts';
import { HostileServer, type Attempts } from './hostile-server.ts';

const PAGE = path.resolve(import.meta.dirname, '../../out/renderer');
/** A name that leads to this machine, as a rebinding name server would have it. */
const REBOUND = 'evil.example';

/** A person has our page open; in the same browser are pages of others, from this machine and from elsewhere. */
describe.skipIf(whyNoBrowser !== undefined)('a hostile page in the same browser', () => {
  let app: ServedApp;
  let theirs: HostileServer;
  let browser: Browser;
  let context: BrowserContext;
  let ours: Page;

  beforeAll(async () => {
    expect(existsSync(PAGE)).toBe(true);
    [app, theirs, browser] = await Promise.all([
      ServedApp.open({ page: PAGE }),
      HostileServer.open(),
      launchBrowser([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]),
    ]);
    context = await browser.newContext();
    ours = await context.newPage();
    await ours.goto(app.url);
    await ours.getByText('live', { exact: true }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([app?.close(), theirs?.close()]);
  });

  test('finds neither the token nor the key where pages before it may be looked up', async () => {
    const secrets = new RegExp([app.token, app.key, app.cookie.split('=')[1]].join('|'));
    expect(app.key).toMatch(/^[\w-]{43}$/);
    expect(ours.url()).toBe(`${app.origin}/`);
    const session = await context.newCDPSession(ours);
    const { entries } = await session.send('Page.getNavigationHistory');
    expect(entries.map(({ url }) => url).join()).not.toMatch(secrets);
    expect(await ours.evaluate('JSON.stringify([document.referrer, document.cookie])')).not.toMatch(secrets);
    expect(await context.cookies(app.origin)).toEqual([
      expect.objectContaining({ httpOnly: true, sameSite: 'Strict', domain: '127.0.0.1' }),
    ]);
    // A link from our page to theirs says not even where it comes from.
    const [followed] = await Promise.all([
      context.waitForEvent('page'),
      ours.evaluate(`open('http://127.0.0.1:${theirs.port}/from-ours'); undefined`),
    ]);
    await followed.waitForLoadState();
    expect(theirs.heard.length).toBeGreaterThan(0);
    expect(theirs.heard.filter(({ referer }) => referer?.startsWith(app.origin))).toEqual([]);
    expect(await followed.evaluate('window.opener')).toBe(null);
    await followed.close();
  });

  test('reads nothing and opens nothing: from another port of this machine, from another name of it, from another site', async () => {
    await Promise.all(
      [`127.0.0.1:${theirs.port}`, `localhost:${theirs.port}`, `${REBOUND}:${theirs.port}`].map(async from => {
        const page = await context.newPage();
        await page.goto(`http://${from}/`);
        const attempts: Attempts = await page.evaluate(
          given => (globalThis as unknown as { attack: (given: object) => Promise<Attempts> }).attack(given),
          { ours: app.origin, token: 'x'.repeat(32) },
        );
        expect(Object.keys(attempts).length, from).toBeGreaterThan(20);
        expect(
          Object.fromEntries(Object.entries(attempts).filter(([, outcome]) => outcome.startsWith('read'))),
          from,
        ).toEqual({});
        expect(
          page
            .frames()
            .slice(1)
            .filter(frame => frame.url().startsWith(app.origin)),
          from,
        ).toEqual([]);
        await page.close();
      }),
    );
  });

  test('that comes by a name of its own which leads to us is not answered', async () => {
    const page = await context.newPage();
    const answer = await page.goto(`http://${REBOUND}:${app.port}/`);
    expect(answer?.status()).toBe(403);
    expect(
      await page.evaluate(
        async ({ token }) => [
          await (await fetch(`/?token=${token}`)).text(),
          await (await fetch('/index.html')).text(),
        ],
        { token: app.token },
      ),
    ).toEqual(Array.from({ length: 2 }, () => 'This address is for this machine only.\n'));
    await page.close();
  });

  test('whose server is sent our cookie, as browsers send it to every port, cannot use it', async () => {
    const stolen = theirs.heard.map(({ cookie }) => cookie ?? '').find(cookie => cookie.includes(app.cookie));
    // If this fails browsers have become better than we take them for.
    expect(stolen).toContain(app.cookie);
    const value = app.cookie.split('=')[1] ?? '';
    expect(await app.ask(`/?token=${value}`)).toMatchObject({ status: 401 });
    for (const protocols of [[], ['cronflow'], ['cronflow', value]])
      expect(await app.socket({ origin: app.origin, cookie: stolen ?? '' }, '/ws', protocols), protocols.join()).toBe(
        403,
      );
    // With what our page alone knows, the same is let in.
    const socket = await app.socket({ origin: app.origin, cookie: stolen ?? '' });
    expect(typeof socket).toBe('object');
    if (typeof socket === 'object') socket.terminate();
  });

  test('has changed nothing: our page goes on, by reload and in a second tab too', async () => {
    expect(await ours.getByText('live', { exact: true }).count()).toBe(1);
    await ours.reload();
    await ours.getByText('live', { exact: true }).waitFor();
    const second = await context.newPage();
    await second.goto(`${app.origin}/`);
    await second.getByText('live', { exact: true }).waitFor();
    await second.close();
  });

  test('a page of ours that was not let in says what to do', async () => {
    const stranger = await browser.newContext();
    await stranger.addCookies([
      { name: app.cookie.split('=')[0] ?? '', value: app.cookie.split('=')[1] ?? '', url: app.origin },
    ]);
    const page = await stranger.newPage();
    await page.goto(`${app.origin}/`);
    await page.getByRole('alert').getByText('Open the link that Cronflow printed when it started.').waitFor();
    await stranger.close();
  });
});
