import { afterAll, expect, test } from 'vitest';
import { workspaceWith } from '../studio/studio.ts';
import { cli } from '../support/cli.ts';
import { Desktop, temporaryFolders, whyNoDesktop } from './desktop.ts';

const { folder, remove } = temporaryFolders();
afterAll(remove);

/** As in the browser (test/studio/set-aside.browser.test.ts), where the list is also saved and edited. */
test.skipIf(whyNoDesktop !== undefined)(
  'a person finds the ten films in the desktop app and sets them aside: the run is green without a fix',
  async () => {
    const workspace = workspaceWith(folder('films'), ['films.ts']);
    const call = async (...args: string[]) => await cli(args, { cwd: workspace });
    expect((await call('run', 'films.ts', '--json')).code).toBe(1);
    expect((await call('find', '1', '--yes', '--seconds', '100', '--json')).events.at(-1)).toMatchObject({ items: 10 });
    const desktop = await Desktop.launch({ data: folder('data'), open: workspace });
    try {
      const { page } = desktop;
      const complaints: string[] = [];
      page.on('pageerror', error => complaints.push(String(error)));
      await page.getByRole('region', { name: 'Runs' }).getByRole('listitem').first().click();
      const problems = page.getByRole('region', { name: 'Problems' });
      await expect.poll(() => problems.innerText()).toMatch(/10 films (are )?at fault/);
      expect(await problems.getByRole('list', { name: 'Items at fault' }).getByRole('button').count()).toBe(10);
      await problems.getByRole('button', { name: 'Set aside all 10…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Re-run', exact: true }).click();
      await page.getByRole('heading', { name: 'Completed, 10 set aside', level: 1 }).waitFor({ timeout: 30_000 });
      const { stdout } = await call('export', '1', '--set-aside');
      expect(stdout.trim().split('\n')).toHaveLength(10);
      expect(complaints).toEqual([]);
    } finally {
      await desktop.close();
    }
  },
);
