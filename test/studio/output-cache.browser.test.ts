import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';
import { takePictures } from './pictures.ts';
import { launchBrowser, openPage, serveStudio } from './studio.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const FLOW = Project.workflow(`
cronflow.define({ id: 'profiles', name: 'Greet users' })
  .step('config', () => ({ greeting: 'Hello' }), { cache: { key: 'config', ttl: '1h' } })
  .batch({ id: 'each', title: 'Each user' }, { items: [1, 2], size: 1 }, ([id], flow) => {
    flow.step('fetch', () => ({ name: 'User ' + id }), { cache: { key: 'user ' + id } });
    flow.step('greet', ctx => ctx.steps.config.output.greeting + ' ' + ctx.last.name);
  });`);

const SIZES = [
  [1024, 700],
  [1920, 1080],
] as const;

test('a step that was given an output says from the cache of which run it comes', async () => {
  const project = new Project({ 'profiles.ts': FLOW });
  for (let count = 0; count < 2; count++) expect(await project.cli(['run', 'profiles.ts'])).toMatchObject({ code: 0 });
  const studio = await serveStudio(project.folder, temporaryFolder());
  const { page, complaints } = await openPage(browser, studio.url);
  const pictures = async (name: string) => await takePictures(page, `cache-${name}`, SIZES);
  const go = async (address: string) => await page.goto(new URL(address, page.url()).href);
  const inspector = page.locator('.inspector');

  // An address is for a page that has its runs.
  await page.getByText('Run 2').first().waitFor();
  await go('#/run/2/graph?node=config&tab=output');
  await inspector.getByText('from the cache of run 1').waitFor();
  await pictures('step');
  await go('#/run/2/graph?node=each&batch=1&tab=output');
  await inspector.getByText('from the cache of run 1').waitFor();
  await pictures('batch');
  await go('#/run/2/graph?node=each&batch=1&tab=attempts');
  await inspector
    .getByText(/from the cache of run 1/)
    .first()
    .waitFor();
  await pictures('attempts');
  await go('#/run/1/graph?node=config&tab=output');
  await inspector.getByText('Hello').first().waitFor();
  expect(await inspector.getByText(/from the cache/).count()).toBe(0);
  expect(complaints).toEqual([]);
});
