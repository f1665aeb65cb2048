import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '../../host/browser/page-headers.ts';

/*
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), held against what our modules really ask of
 * Electron: each is run with an Electron that takes note. What a page then can and cannot do is in
 * test/electron/desktop.browser.test.ts.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');

type Handler = (...args: never[]) => unknown;

const asked = vi.hoisted(() => ({
  windows: [] as Record<string, unknown>[],
  addresses: [] as string[],
  schemes: [] as unknown[],
  exposed: {} as Record<string, object>,
  sent: [] as unknown[][],
  outside: [] as string[],
  handlers: {} as Record<string, Handler>,
  listeners: new Map<string, Handler>(),
}));

vi.mock('electron', () => {
  class BrowserWindow {
    readonly webContents = { on: () => undefined };
    constructor(options: Record<string, unknown>) {
      asked.windows.push(options);
    }
    on(): void {
      /* Not of interest here. */
    }
    once(): void {
      /* Not of interest here. */
    }
    async loadURL(address: string): Promise<void> {
      asked.addresses.push(address);
    }
  }
  const note = (name: string) => (handler: Handler) => {
    asked.handlers[name] = handler;
  };
  return {
    app: { getPath: () => '/nowhere', on: (event: string, listener: Handler) => asked.listeners.set(event, listener) },
    BrowserWindow,
    dialog: {},
    nativeTheme: { shouldUseDarkColors: true },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    shell: {
      openExternal: async (url: string) => {
        asked.outside.push(url);
      },
    },
    ipcMain: { on: () => undefined, off: () => undefined },
    ipcRenderer: {
      on: () => undefined,
      off: () => undefined,
      send: (...message: unknown[]) => asked.sent.push(message),
    },
    contextBridge: {
      exposeInMainWorld: (name: string, api: object) => {
        asked.exposed[name] = api;
      },
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => asked.schemes.push(...schemes),
      handle: () => undefined,
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: note('request'),
        setPermissionCheckHandler: note('check'),
        setDevicePermissionHandler: note('device'),
      },
    },
  };
});

beforeAll(async () => {
  const [{ StudioWindow }, { registerAppScheme }, { setupNavigation, setupPermissions }] = await Promise.all([
    import('../../electron/studio-window.ts'),
    import('../../electron/app-scheme.ts'),
    import('../../electron/guards.ts'),
  ]);
  registerAppScheme();
  setupPermissions();
  setupNavigation();
  new StudioWindow(() => undefined).show();
  await import('../../electron/preload.ts');
});

describe("Electron's security checklist", () => {
  test('the window: sandboxed, isolated, without Node, and with no option beside those that are known to be safe', () => {
    expect(asked.windows).toHaveLength(1);
    // A switch that is not here (webSecurity, allowRunningInsecureContent, experimentalFeatures, enableBlinkFeatures,
    // nodeIntegrationInWorker…) is one that nobody has thought about.
    expect(asked.windows[0]?.webPreferences).toEqual({
      preload: expect.stringMatching(/index\.cjs$/) as string,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    });
    expect(read('electron/main.ts')).toContain("if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();");
  });

  test('the page: ours, by a scheme that is secure and has no privilege more than a page of the web', () => {
    expect(asked.addresses).toEqual(['app://studio/index.html']);
    expect(asked.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  test('the policy: our own scripts and no others', () => {
    const policy = new Map(
      CONTENT_SECURITY_POLICY.split('; ').map(part => {
        const [name = '', ...sources] = part.split(' ');
        return [name, sources.join(' ')];
      }),
    );
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'self'",
      'script-src': "'self'",
      'worker-src': "'self' blob:",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'font-src': "'self' data:",
      'connect-src': "'self'",
      'object-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
  });

  test('permissions: to copy a text, and no other', () => {
    const answers: boolean[] = [];
    const given: string[] = [];
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'clipboard-sanitized-write',
      'openExternal',
      'fullscreen',
      'usb',
      'hid',
      'serial',
      'fileSystem',
      'unknown',
    ]) {
      asked.handlers.request?.(...([{}, permission, (answer: boolean) => note(answer)] as never[]));
      note(asked.handlers.check?.(...([{}, permission, 'app://studio'] as never[])) as boolean);
      note(asked.handlers.device?.(...([{ deviceType: permission }] as never[])) as boolean);
      function note(answer: boolean): void {
        answers.push(answer);
        if (answer) given.push(permission);
      }
    }
    expect(answers).toHaveLength(36);
    expect(given).toEqual(['clipboard-sanitized-write', 'clipboard-sanitized-write', 'fullscreen', 'fullscreen']);
  });

  test('navigation, windows and webviews: our page, none, none; links to the web, and no others, go outside', () => {
    const contents = {
      events: new Map<string, (event: object) => void>(),
      address: 'app://studio/index.html',
      getURL() {
        return this.address;
      },
      opens: (_details: { url: string; frameName?: string }): unknown => undefined,
      on(event: string, listener: (event: object) => void) {
        this.events.set(event, listener);
      },
      setWindowOpenHandler(handler: (details: { url: string; frameName?: string }) => unknown) {
        this.opens = handler;
      },
    };
    asked.listeners.get('web-contents-created')?.(...([{}, contents] as never[]));
    const isStopped = (event: string, url: string) => {
      let stopped = false;
      const listener = contents.events.get(event);
      if (!listener) throw new Error(`Nobody listens for ${event}.`);
      listener({
        url,
        preventDefault: () => {
          stopped = true;
        },
      });
      return stopped;
    };
    const foreign = [
      'https://example.com/',
      'http://localhost/',
      'file:///etc/passwd',
      'data:text/html,x',
      'about:blank',
      'javascript:1',
      'blob:app://studio/x',
      'app://studio.evil/',
      'app://user@studio/',
      'app:studio',
      'chrome://gpu',
      'devtools://x',
      '',
      'not an address',
    ];
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(
        foreign.filter(url => !isStopped(event, url)),
        event,
      ).toEqual([]);
      expect(isStopped(event, 'app://studio/index.html'), event).toBe(false);
    }
    expect(isStopped('will-attach-webview', 'app://studio/index.html')).toBe(true);
    for (const url of [
      ...foreign,
      'app://studio/index.html',
      'https://user:secret@example.com/',
      'vscode://file/x',
      'smb://server/share',
      'ms-settings:x',
      `https://example.com/${'x'.repeat(3_000)}`,
    ])
      expect(contents.opens({ url }), url).toEqual({ action: 'deny' });
    expect(asked.outside).toEqual(['https://example.com/']);

    // The one window beside ours: empty, of our page, and without the bridge.
    expect(contents.opens({ url: 'about:blank', frameName: 'cronflow-notes' })).toMatchObject({
      action: 'allow',
      overrideBrowserWindowOptions: { webPreferences: { preload: '', sandbox: true, nodeIntegration: false } },
    });
    expect(contents.opens({ url: 'app://studio/index.html', frameName: 'cronflow-notes' })).toEqual({ action: 'deny' });
    contents.address = 'about:blank';
    expect(contents.opens({ url: 'about:blank', frameName: 'cronflow-notes' })).toEqual({ action: 'deny' });
  });

  test('the bridge: three functions, which pass on messages and no events', () => {
    const { studio } = asked.exposed as { studio?: Record<string, (...args: unknown[]) => unknown> };
    expect(Object.keys(asked.exposed)).toEqual(['studio']);
    expect(Object.entries(studio ?? {}).map(([name, value]) => `${name}: ${typeof value}`)).toEqual([
      'send: function',
      'onMessage: function',
      'onCommand: function',
    ]);
    studio?.send?.({ t: 'q' }, 'another-channel');
    expect(asked.sent).toEqual([['studio:message', { t: 'q' }]]);
  });

  test('the fuses of the packaged app, each with its reason where it is loose', () => {
    const fuses = Object.fromEntries(
      [...read('electron-builder.yml').matchAll(/^ {2}((?:run|enable|only|grant|load)\w+): (true|false)$/gm)].map(
        ([, name, value]) => [name, value === 'true'],
      ),
    );
    expect(fuses).toEqual({
      // See the comment there and SECURITY.md: without it runs have no processes of their own.
      runAsNode: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(read('electron-builder.yml')).toMatch(/# On, unlike the others: each run is a process of its own/);
  });

  test('an Electron that is still mended: none of the majors that are out of support', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { electron: string } };
    expect(Number(/\d+/.exec(devDependencies.electron)?.[0])).toBeGreaterThanOrEqual(45);
  });
});

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
