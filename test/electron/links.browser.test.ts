import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appLink } from '../../common/app-link.ts';
import { Desktop, temporaryFolders, whyNoDesktop } from './desktop.ts';

/* Links into the desktop app. One can come from anywhere: it shows what is there, and opens nothing that nobody knows. */

const { folder, remove } = temporaryFolders();
afterAll(remove);

function workspace(name: string): string {
  const place = folder(name);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    path.join(place, 'flow.ts'),
    `import { cronflow } from 'cronflow';
cronflow.define({ id: '${name}', name: 'Flow of ${name}' })
  .batch('check', { items: [1, 2, 3], size: 1 }, (items, flow) => {
    flow.step('look', async () => items);
  });
`,
  );
  return place;
}

describe.skipIf(whyNoDesktop !== undefined)('a link into the desktop app', () => {
  const data = folder('data');
  const first = workspace('first');
  const second = workspace('second');
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await Desktop.launch({ data, open: first });
    const run = await desktop.startRun('flow.ts');
    await desktop.until('it has ended', async () => (await desktop.runStatus(run)) === 'completed');
    await desktop.reload();
  });
  afterAll(async () => {
    await desktop?.close();
  });
  const address = async () => new URL(await desktop.page.evaluate('location.href')).hash;
  const follow = async (link: string) => expect(await Desktop.start({ data, open: link })).toBe(0);

  test('shows the place it was copied at', async () => {
    await follow(appLink({ address: '#/run/1/batches?node=check&batch=2&tab=output', folder: first }));
    await expect.poll(address).toBe('#/run/1/batches?node=check&batch=2&tab=output');
    const inspector = desktop.page.getByRole('region', { name: 'Inspector' });
    await inspector.getByRole('tab', { name: 'Output', selected: true }).waitFor();
  });

  test('of another folder that was opened before asks first, and then shows it', async () => {
    await follow(second);
    await expect.poll(() => desktop.breadcrumb()).toContain('Flow of second');
    await desktop.answerQuestions('Cancel', 'Open');
    const link = appLink({ address: '#/run/1/timeline', folder: first });
    await follow(link);
    await expect.poll(async () => (await desktop.questions()).length).toBe(1);
    expect(await desktop.breadcrumb()).toContain('Flow of second');
    await follow(link);
    await expect.poll(() => desktop.breadcrumb()).toContain('Flow of first');
    await expect.poll(address).toBe('#/run/1/timeline');
    expect((await desktop.questions())[1]).toMatchObject({ detail: expect.stringContaining(first) as string });
  });

  test('of a folder that was never opened opens nothing', async () => {
    const strange = workspace('strange');
    await desktop.answerQuestions('Close');
    await follow(appLink({ address: '#/run/1/graph', folder: strange }));
    await expect.poll(async () => (await desktop.questions()).length).toBe(1);
    expect((await desktop.questions())[0]?.message).toContain('not opened here before');
    expect(await desktop.breadcrumb()).toContain('Flow of first');
  });

  test('to a run that is not there says so', async () => {
    await follow(appLink({ address: '#/run/77/graph', folder: first }));
    await desktop.page.getByRole('alert').getByText('77').waitFor();
  });
});
