import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Desktop, electron, isReal, whyNoDesktop } from './desktop.ts';
import { FLOW, folder, ledgerOf, release, removeFolders, workspace } from './workspaces.ts';

console.log(
  whyNoDesktop === undefined
    ? `The desktop app runs on ${isReal ? `a real Electron: ${electron}` : 'the stand-in for Electron (test/standin); STUDIO_ELECTRON names a real one.'}`
    : `SKIPPED: no test of the desktop app. ${whyNoDesktop}`,
);

afterAll(removeFolders);

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
