import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Desktop, isReal, whyNoDesktop } from './desktop.ts';
import { folder, ledgerOf, release, removeFolders, workspace } from './workspaces.ts';

/** For tests that start the app twice, on a machine that is busy with others. */
const TWO_STARTS_MS = 90_000;

afterAll(removeFolders);

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
