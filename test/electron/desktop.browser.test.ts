import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../host/browser/page-headers.ts';
import { Desktop, electron, isReal, temporaryFolders, whyNoDesktop } from './desktop.ts';

console.log(
  whyNoDesktop === undefined
    ? `The desktop app runs on ${isReal ? `a real Electron: ${electron}` : 'the stand-in for Electron (test/standin); STUDIO_ELECTRON names a real one.'}`
    : `SKIPPED: no test of the desktop app. ${whyNoDesktop}`,
);

/** For tests that start the app twice, on a machine that is busy with others. */
const TWO_STARTS_MS = 90_000;

const { folder, remove } = temporaryFolders();
afterAll(remove);

/** A workflow of three steps; the second takes as long as `hold.txt` is there. */
function workspace(name: string, { hold = false } = {}): string {
  const place = folder(name);
  mkdirSync(place, { recursive: true });
  if (hold) writeFileSync(path.join(place, 'hold.txt'), '');
  writeFileSync(
    path.join(place, 'flow.ts'),
    `
import { appendFileSync, existsSync } from 'node:fs';
import { cronflow } from 'cronflow';
const beside = (name: string) => new URL(name, import.meta.url);
const note = (step: string) => appendFileSync(beside('./ledger.txt'), step + ' ');
cronflow.define({ id: ${JSON.stringify(name)}, name: 'Flow of ${name}' })
  .step('first', async () => { note('first'); return 1; })
  .step('second', async ctx => {
    note('second');
    while (existsSync(beside('./hold.txt'))) {
      ctx.signal.throwIfAborted();
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return 2;
  })
  .step('third', async () => { note('third'); return 3; });
`,
  );
  return place;
}

/** A workflow file with one step. */
const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'NAME', name: 'Flow of NAME' }).step('only', async () => 1);
`;

/** What the steps have noted; nothing before the first has. */
function ledgerOf(place: string): string {
  const file = path.join(place, 'ledger.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function release(place: string): void {
  rmSync(path.join(place, 'hold.txt'));
}

describe.skipIf(whyNoDesktop !== undefined)('the desktop app', () => {
  const data = folder('data');
  const first = workspace('first');
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await Desktop.launch({ data, open: first });
  });
  afterAll(async () => {
    await desktop?.close();
  });

  test('opens its page under app://, and the page talks to the host', async () => {
    expect(
      await desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(window => window.webContents.getURL()),
      ),
    ).toEqual([expect.stringMatching(/^app:\/\/studio\/index\.html(#\/workflow\/flow\.ts\/first\/graph)?$/)]);
    expect(await desktop.page.getByRole('region', { name: 'Workflows' }).innerText()).toContain('Flow of first');
    expect(await desktop.ask('hello', {})).toMatchObject({
      shell: 'electron',
      platform: process.platform,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    expect(await desktop.ask('getWorkspace', {})).toMatchObject({
      folder: first,
      files: [{ file: 'flow.ts' }],
      recent: [{ folder: first }],
    });
  });

  test('what the host refuses arrives by its name, without a stack', async () => {
    const refusal = await desktop.ask('getRun', { run: 999 }).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ message: expect.stringContaining('999') as string });
    expect((refusal as Error).name).not.toBe('Error');
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

  test('has a menu with the usual roles and its own items', async () => {
    const items = await desktop.app.evaluate(({ Menu }) => {
      const flat = (menu: Electron.Menu | undefined): (string | undefined)[] =>
        menu?.items.flatMap(item => [item.role ?? item.id, ...flat(item.submenu)]) ?? [];
      return flat(Menu.getApplicationMenu() ?? undefined);
    });
    expect(items.map(item => item?.toLowerCase())).toEqual(
      expect.arrayContaining([
        'open-folder',
        'open-recent',
        'new-workflow',
        process.platform === 'darwin' ? 'close' : 'quit',
        'editmenu',
        'windowmenu',
        'help',
        'resetzoom',
        'zoomin',
        'zoomout',
        'togglefullscreen',
        'theme:dark',
        'view:batches',
        'palette',
        'present',
      ]),
    );
  });

  test('each item of the menu does in the page what it says', async () => {
    await desktop.reload();
    const { page } = desktop;
    const theme = async () =>
      await page.evaluate(
        () =>
          (globalThis as unknown as { document: { documentElement: { dataset: Record<string, string> } } }).document
            .documentElement.dataset.theme,
      );
    for (const name of ['dark', 'light', 'dark']) {
      await desktop.chooseInMenu(`theme:${name}`);
      await expect.poll(theme).toBe(name);
    }
    await desktop.chooseInMenu('view:batches');
    await page.getByRole('region', { name: 'Batches' }).waitFor();
    await desktop.chooseInMenu('view:graph');
    await page.getByRole('region', { name: 'Batches' }).waitFor({ state: 'detached' });
    for (const [item, dialog] of [
      ['new-workflow', 'New workflow'],
      ['run', /^Run Flow of first/],
      ['help', 'Keyboard shortcuts'],
      ['palette', /./],
    ] as const) {
      await desktop.chooseInMenu(item);
      const shown = page.getByRole('dialog', { name: dialog });
      await shown.waitFor();
      await page.keyboard.press('Escape');
      await shown.waitFor({ state: 'detached' });
    }
    await desktop.chooseInMenu('rerun-failed');
    expect(await page.getByRole('alert').innerText()).toContain('No run is open.');
    const presentation = page.getByRole('main', { name: 'Presentation' });
    await desktop.chooseInMenu('present');
    await presentation.waitFor();
    await desktop.chooseInMenu('present');
    await presentation.waitFor({ state: 'detached' });
  });

  test('a file that is dropped on the icon is opened in the page', async () => {
    writeFileSync(path.join(first, 'another.ts'), FLOW.replaceAll('NAME', 'another'));
    await desktop.page.getByRole('region', { name: 'Workflows' }).getByText('Flow of another').waitFor();
    const drop = async (file: string) =>
      await desktop.app.evaluate(
        ({ app }, place) => app.emit('open-file', { preventDefault: () => undefined }, place),
        path.join(first, file),
      );
    for (const [file, name] of [
      ['another.ts', 'Flow of another'],
      ['flow.ts', 'Flow of first'],
    ] as const) {
      await drop(file);
      await expect.poll(async () => await desktop.breadcrumb()).toContain(name);
    }
    rmSync(path.join(first, 'another.ts'));
  });

  test('says when a run has ended while the window is away; a click shows it', async () => {
    await desktop.app.evaluate(({ BrowserWindow, Notification }) => {
      const shown: Electron.Notification[] = [];
      Object.assign(globalThis, { shown });
      Notification.prototype.show = function show(this: Electron.Notification) {
        shown.push(this);
      };
      BrowserWindow.getAllWindows()[0]?.hide();
    });
    writeFileSync(path.join(first, 'hold.txt'), '');
    const run = await desktop.startRun('flow.ts');
    await desktop.until('it runs', async () => ledgerOf(first).includes('second'));
    release(first);
    const words = await desktop.until(
      'a notification',
      async () =>
        await desktop.app.evaluate(() => {
          const [shown] = (globalThis as unknown as { shown: Electron.Notification[] }).shown;
          return shown && { title: shown.title, body: shown.body };
        }),
    );
    expect(words).toMatchObject({
      title: 'Flow of first has completed',
      body: expect.stringContaining(`Run ${run}`) as string,
    });
    // Another run after it, which is the one that is looked at.
    const later = await desktop.startRun('flow.ts');
    await desktop.until('it has ended', async () => (await desktop.runStatus(later)) === 'completed');
    await desktop.reload();
    await desktop.page.getByRole('region', { name: 'Runs' }).getByText(`Run ${later}`).click();
    await expect.poll(async () => await desktop.breadcrumb()).toContain(`run ${later}`);
    await desktop.app.evaluate(() => {
      (globalThis as unknown as { shown: Electron.Notification[] }).shown[0]?.emit('click');
    });
    await expect.poll(async () => await desktop.breadcrumb()).toMatch(new RegExp(`run ${run}$`));
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
  });

  test('a second start ends at once, brings the first to the front, and opens its folder there', async () => {
    const second = workspace('second');
    // What the page would open by itself comes first by name.
    writeFileSync(path.join(second, 'early.ts'), FLOW.replaceAll('NAME', 'early'));
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    expect(await Desktop.start({ data, open: path.join(second, 'flow.ts') })).toBe(0);
    await desktop.page.getByRole('region', { name: 'Workflows' }).getByText('Flow of second').waitFor();
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
    await expect.poll(async () => await desktop.breadcrumb()).toContain('Flow of second');
    // The run of the folder before is nowhere to be seen.
    await expect
      .poll(async () => await desktop.page.getByRole('region', { name: 'Runs' }).innerText())
      .toContain('No runs yet');
    expect(await desktop.ask('getWorkspace', {})).toMatchObject({ folder: second });
    expect(desktop.app.windows()).toHaveLength(1);
  });

  test('opens a folder from the menu, and those opened before', async () => {
    await desktop.app.evaluate(({ dialog, Menu }, chosen) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: [chosen] })) as typeof dialog.showOpenDialog;
      Menu.getApplicationMenu()?.getMenuItemById('open-folder')?.click();
    }, first);
    await desktop.page.getByRole('region', { name: 'Workflows' }).getByText('Flow of first').waitFor();
    const recent = async () =>
      await desktop.app.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()
          ?.getMenuItemById('open-recent')
          ?.submenu?.items.map(({ label }) => label),
      );
    await expect.poll(recent).toEqual([folder('second')]);
    await desktop.app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.getMenuItemById('open-recent')?.submenu?.items[0]?.click(),
    );
    await desktop.page.getByRole('region', { name: 'Workflows' }).getByText('Flow of second').waitFor();
  });
});

describe.skipIf(whyNoDesktop !== undefined)('leaving', () => {
  test(
    'asks while a run goes on, pauses it when told to, and comes back as it was left',
    async () => {
      const data = folder('leaving-data');
      const place = workspace('leaving', { hold: true });
      let desktop = await Desktop.launch({ data, open: place });
      try {
        const run = await desktop.startRun('flow.ts');
        await desktop.answerQuestions('Cancel', 'Keep Running', 'Pause Runs and Quit');
        const closeWindow = async () =>
          await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
        const isVisible = async () =>
          await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());

        await closeWindow();
        await expect.poll(async () => (await desktop.questions()).length).toBe(1);
        expect((await desktop.questions())[0]).toMatchObject({
          message: 'A run of Flow of leaving is still running.',
          buttons: ['Keep Running', 'Pause Runs and Quit', 'Cancel'],
        });
        expect(await isVisible()).toBe(true);

        await desktop.app.evaluate(({ app }) => app.quit());
        await expect.poll(isVisible).toBe(false);
        expect(await desktop.runStatus(run)).toBe('running');

        expect(await Desktop.start({ data })).toBe(0);
        await expect.poll(isVisible).toBe(true);
        await desktop.app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.setBounds({ x: 60, y: 40, width: 1_100, height: 720 }),
        );
        await closeWindow();
        expect(await desktop.exited).toEqual({ code: 0, signal: null });

        // Without a folder it opens the one it had, and its window where it was.
        desktop = await Desktop.launch({ data });
        expect(await desktop.ask('getWorkspace', {})).toMatchObject({ folder: place });
        expect(
          await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()),
        ).toEqual({ x: 60, y: 40, width: 1_100, height: 720 });
        expect(await desktop.runStatus(run)).toBe('paused');
      } finally {
        await desktop.close();
      }
    },
    TWO_STARTS_MS,
  );

  test(
    'an app that is killed leaves its run to be resumed, and nothing is done twice',
    async () => {
      const data = folder('killed-data');
      const place = workspace('killed', { hold: true });
      let desktop = await Desktop.launch({ data, open: place });
      try {
        const run = await desktop.startRun('flow.ts');
        await desktop.until('its second step', async () => ledgerOf(place).includes('second'));
        desktop.app.process().kill('SIGKILL');
        await desktop.exited;
        desktop = await Desktop.launch({ data, open: place });
        await desktop.until('it is interrupted', async () => (await desktop.runStatus(run)) === 'interrupted');
        release(place);
        expect(await desktop.ask('resumeRun', { run })).toMatchObject({ ok: true });
        await desktop.until('it is complete', async () => (await desktop.runStatus(run)) === 'completed');
        expect(ledgerOf(place)).toBe('first second second third ');
      } finally {
        await desktop.close();
      }
    },
    TWO_STARTS_MS,
  );

  test(
    'the folder of the last time is not executed at the start before it is trusted; another start with --trust does that',
    async () => {
      const data = folder('untrusted-data');
      const place = workspace('untrusted');
      const file = path.join(place, 'flow.ts');
      writeFileSync(file, `${readFileSync(file, 'utf8')}\nnote('executed');`);
      let desktop = await Desktop.launch({ data, open: place, trusted: false });
      try {
        await desktop.page.getByRole('dialog', { name: 'Trust the authors' }).waitFor();
        await desktop.close();
        desktop = await Desktop.launch({ data, trusted: false });
        await desktop.page.getByRole('dialog', { name: 'Trust the authors' }).waitFor();
        await desktop.page.getByText('not loaded', { exact: true }).waitFor();
        expect(await desktop.ask('getWorkspace', {})).toMatchObject({ folder: place, trust: { state: 'untrusted' } });
        expect(ledgerOf(place)).toBe('');

        await desktop.page.reload();
        expect(await Desktop.start({ data, open: place, trust: true })).toBe(0);
        await desktop.page.getByRole('region', { name: 'Workflows' }).getByText('Flow of untrusted').first().waitFor();
        expect(await desktop.page.getByRole('dialog').count()).toBe(0);
        expect(ledgerOf(place)).toContain('executed');
        expect(existsSync(path.join(data, 'trust'))).toBe(false);
      } finally {
        await desktop.close();
      }
    },
    TWO_STARTS_MS,
  );

  test.skipIf(isReal)('opens nothing that nobody chose: the very first start asks, and ends when told to', async () => {
    expect(await Desktop.start({ data: folder('first-data') })).toBe(0);
  });
});
