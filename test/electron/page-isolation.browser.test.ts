import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../host/browser/page-headers.ts';
import { Desktop, whyNoDesktop } from './desktop.ts';
import { folder, removeFolders, workspace } from './workspaces.ts';

afterAll(removeFolders);

describe.skipIf(whyNoDesktop !== undefined)('what the page of the desktop app cannot do', () => {
  const data = folder('data');
  const first = workspace('first');
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await Desktop.launch({ data, open: first });
  });
  afterAll(async () => {
    await desktop?.close();
  });

  test('the page has a pipe of three functions, and nothing of Node or Electron', async () => {
    const found = await desktop.page.evaluate(() => {
      const page = globalThis as unknown as Record<string, unknown> & { studio: Record<string, unknown> };
      return {
        functions: Object.entries(page.studio)
          .map(([name, value]) => `${name}: ${typeof value}`)
          .toSorted(),
        frozen: Object.isFrozen(page.studio),
        reachable: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron', '__dirname'].filter(
          name => name in page,
        ),
      };
    });
    expect(found).toEqual({
      functions: ['onCommand: function', 'onMessage: function', 'send: function'],
      frozen: true,
      reachable: [],
    });
    const preferences = await desktop.app.evaluate(({ webContents }) =>
      webContents
        .getAllWebContents()
        .map(contents =>
          (contents as unknown as { getLastWebPreferences: () => Record<string, unknown> }).getLastWebPreferences(),
        ),
    );
    expect(preferences).toEqual([
      expect.objectContaining({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false }),
    ]);
  });

  test('a frame inside the page has no pipe', async () => {
    const inFrame = await desktop.page.evaluate(async () => {
      const { document } = globalThis as unknown as {
        document: {
          createElement: (tag: string) => {
            srcdoc: string;
            addEventListener: (event: string, listener: () => void) => void;
            contentWindow: object;
            remove: () => void;
          };
          body: { append: (node: object) => void };
        };
      };
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>inside</p>';
      await Promise.race([
        new Promise<void>(resolve => {
          frame.addEventListener('load', resolve);
          document.body.append(frame);
        }),
        new Promise(resolve => setTimeout(resolve, 1_000)),
      ]);
      const has = 'studio' in frame.contentWindow;
      frame.remove();
      return has;
    });
    expect(inFrame).toBe(false);
  });

  test('messages of senders that are not our page are not heard', async () => {
    const heard = await desktop.app.evaluate(async ({ ipcMain }) => {
      const results: Record<string, number> = {};
      const frames: Record<string, unknown> = {
        ours: { url: 'app://studio/index.html', parent: null },
        none: null,
        foreign: { url: 'https://app.example/studio', parent: null },
        lookalike: { url: 'app://studio.evil/', parent: null },
        credentials: { url: 'app://x@studio/', parent: null },
        file: { url: 'file:///index.html', parent: null },
        blank: { url: 'about:blank', parent: null },
        inner: { url: 'app://studio/index.html', parent: { url: 'app://studio/index.html' } },
      };
      for (const [index, [name, senderFrame]] of Object.entries(frames).entries()) {
        results[name] = 0;
        const sender = {
          id: 1_000_000 + index,
          isDestroyed: () => false,
          on: () => undefined,
          send: () => {
            results[name] = (results[name] ?? 0) + 1;
          },
        };
        ipcMain.emit('studio:open', { sender, senderFrame });
        ipcMain.emit('studio:message', { sender, senderFrame }, { t: 'q', i: '1', m: 'hello', a: [{}] });
      }
      await new Promise(resolve => setTimeout(resolve, 200));
      return results;
    });
    expect(heard).toEqual({
      ours: expect.any(Number) as number,
      none: 0,
      foreign: 0,
      lookalike: 0,
      credentials: 0,
      file: 0,
      blank: 0,
      inner: 0,
    });
    expect(heard.ours).toBeGreaterThan(0);
  });

  test('messages that make no sense change nothing', async () => {
    await desktop.page.evaluate(() => {
      const { studio } = globalThis as unknown as { studio: { send: (message: unknown) => void } };
      const nonsense = [
        null,
        undefined,
        0,
        'text',
        [],
        {},
        new Map([[1, 2]]),
        new Uint8Array(1000),
        { t: 'q' },
        { t: 'q', m: 'constructor', a: [] },
        { t: 's', i: 'x' },
        { t: 'q', i: '1', m: 'startRun', a: [{ file: '/etc/passwd' }] },
      ];
      for (let i = 0; i < 300; i++) studio.send(nonsense[i % nonsense.length]);
    });
    expect(await desktop.ask('hello', {})).toHaveProperty('shell', 'electron');
  });

  test('every file comes with the content security policy, and none from outside the page', async () => {
    const answers = await desktop.page.evaluate(async () => {
      const places = [
        '/',
        '/index.html',
        '/nowhere',
        '/..%2f..%2fpackage.json',
        '/%2e%2e/%2e%2e/package.json',
        '/../../package.json',
        '/..%5c..%5cpackage.json',
        '/assets/..%2f..%2f..%2fpackage.json',
        '/%',
        '/index.html%00',
      ];
      return await Promise.all(
        places.map(async place => {
          const answer = await fetch(place);
          return {
            place,
            status: answer.status,
            policy: answer.headers.get('content-security-policy'),
            sniff: answer.headers.get('x-content-type-options'),
            leaks: (await answer.text()).includes('devDependencies'),
          };
        }),
      );
    });
    expect(answers.map(({ status }) => status)).toEqual([
      200,
      200,
      404,
      403,
      404,
      404,
      expect.any(Number),
      403,
      403,
      403,
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ policy: CONTENT_SECURITY_POLICY, sniff: 'nosniff', leaks: false });
    const posted = await desktop.page.evaluate(
      async () => (await fetch('/index.html', { method: 'POST', body: 'x' })).status,
    );
    expect(posted).toBe(405);
  });

  test('no script of others runs, and nobody else is asked anything', async () => {
    const refused = await desktop.page.evaluate(async () => {
      const page = globalThis as unknown as {
        injected?: boolean;
        document: { createElement: (tag: string) => { textContent: string }; head: { append: (node: object) => void } };
      };
      const script = page.document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      page.document.head.append(script);
      // In a turn of its own: what a debugger evaluates may evaluate.
      const evaluated = await new Promise<boolean>(resolve => {
        setTimeout(() => {
          // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
          try {
            resolve(new Function('return true')() as boolean);
          } catch {
            resolve(false);
          }
        }, 0);
      });
      const reached = await fetch('https://example.com/').then(
        () => true,
        () => false,
      );
      return { injected: page.injected ?? false, evaluated, reached };
    });
    expect(refused).toEqual({ injected: false, evaluated: false, reached: false });
  });

  test('opens no windows; links to the web go to the system, and nothing else does', async () => {
    await desktop.app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = async (url: string) => {
        opened.push(url);
      };
    });
    await desktop.page.evaluate(() => {
      const page = globalThis as unknown as { open: (url: string) => unknown };
      for (const url of [
        'https://example.com/guide',
        'http://example.com/',
        'file:///etc/passwd',
        'vscode://file/x',
        'app://studio/index.html',
        'about:blank',
        'javascript:1',
        'https://user:secret@example.com/',
        `https://example.com/${'x'.repeat(3_000)}`,
      ])
        page.open(url);
    });
    // As a person does it, too.
    await desktop.page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: {
          createElement: (tag: string) => {
            href: string;
            target: string;
            rel: string;
            click: () => void;
            remove: () => void;
          };
          body: { append: (node: object) => void };
        };
      };
      for (const rel of ['', 'noopener']) {
        const link = Object.assign(document.createElement('a'), {
          href: `https://example.com/link-${rel}`,
          target: '_blank',
          rel,
        });
        document.body.append(link);
        link.click();
        link.remove();
      }
    });
    await desktop.until(
      'the system was asked',
      async () =>
        (await desktop.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).length >= 3,
    );
    await desktop.page.waitForTimeout(300);
    expect(await desktop.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual([
      'https://example.com/guide',
      'https://example.com/link-',
      'https://example.com/link-noopener',
    ]);
    // The stand-in's browser opens what it is then told to close.
    await expect.poll(() => desktop.app.windows()).toHaveLength(1);
  });

  test('stays where it is', async () => {
    for (const url of [
      'https://example.com/',
      'file:///etc/passwd',
      'data:text/html,hello',
      'app://studio.evil/index.html',
    ]) {
      await desktop.page.evaluate(place => {
        (globalThis as unknown as { location: { href: string } }).location.href = place;
      }, url);
      await desktop.page.waitForTimeout(100);
    }
    expect(
      await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL()),
    ).toMatch(/^app:\/\/studio\/index\.html(#|$)/);
    expect(await desktop.ask('hello', {})).toHaveProperty('shell', 'electron');
  });

  test('grants no permissions', async () => {
    const granted = await desktop.page.evaluate(async () => {
      const page = globalThis as unknown as {
        Notification: { requestPermission: () => Promise<string> };
        navigator: {
          geolocation: { getCurrentPosition: (ok: () => void, no: (error: { code: number }) => void) => void };
        };
      };
      const place = await new Promise<string>(resolve =>
        page.navigator.geolocation.getCurrentPosition(
          () => resolve('granted'),
          ({ code }) => resolve(code === 1 ? 'denied' : 'failed'),
        ),
      );
      return { notifications: await page.Notification.requestPermission(), place };
    });
    expect(granted).toEqual({ notifications: 'denied', place: 'denied' });
  });
});
