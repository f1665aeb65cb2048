import { afterAll, expect, test } from 'vitest';
import { filmsJourney } from '../studio/films-journey.ts';
import { workspaceWith } from '../studio/studio.ts';
import { Desktop, temporaryFolders, whyNoDesktop } from './desktop.ts';

const { folder, remove } = temporaryFolders();
afterAll(remove);

/** The same journey as in the browser (test/studio/journey.browser.test.ts): two shells, one app. */
test.skipIf(whyNoDesktop !== undefined)('a person does in the desktop app what they do in the browser', async () => {
  const workspace = workspaceWith(folder('films'), ['films.ts']);
  const desktop = await Desktop.launch({ data: folder('data'), open: workspace });
  try {
    const complaints: string[] = [];
    desktop.page.on('pageerror', error => complaints.push(String(error)));
    await filmsJourney(desktop.page, workspace, 'desktop');
    expect(complaints).toEqual([]);
  } finally {
    await desktop.close();
  }
});
