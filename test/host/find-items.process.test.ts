import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/** Twelve prices in batches of four; the two words among them are at fault. */
function prices(options = ''): string {
  return Project.workflow(`
const prices = [1, 2, 3, 4, 5, { cents: 'free' }, 7, 8, 9, 10, 11, { cents: 'soon' }].map(price => typeof price === 'number' ? { cents: price } : price);
cronflow.define({ id: 'prices', name: 'Read the prices' })
  .batch('read', { items: prices, size: 4, unit: ['price', 'prices'], label: price => \`“\${price.cents}”\` }, (batch, flow) => {
    flow.step('cents', () => batch.map(price => {
      if (typeof price.cents !== 'number') throw new Error(\`\${price.cents} is not a number\`);
      return price.cents * 100;
    })${options});
  });
`);
}

async function failedRun(project: Project): Promise<{ studio: Studio; run: number }> {
  const studio = await Studio.open(project);
  const run = await studio.start('prices.ts');
  await studio.ended(run);
  await studio.watch(run);
  return { studio, run };
}

const searchEnded = async (studio: Studio) =>
  await studio.until(
    'the search has ended',
    () => studio.events('onSearch').findLast(({ state }) => state === 'ended'),
    60_000,
  );

describe('items at fault in the Studio', () => {
  test('are looked for after one question, with progress, and are there for a host that is started later', async () => {
    const project = new Project({ 'prices.ts': prices() });
    const { studio, run } = await failedRun(project);
    expect(value(await studio.api.findItems({ run }))).toEqual({ asks: true });
    expect(studio.events('onSearch')).toEqual([]);
    expect(await studio.api.getFindings({ run })).toMatchObject({ counts: { items: 0 }, searchable: 2, searches: [] });

    expect(value(await studio.api.findItems({ run, allow: true }))).toEqual({ asks: false });
    expect(problem(await studio.api.findItems({ run, allow: true })).message).toContain('being looked for already');
    expect(await searchEnded(studio)).toMatchObject({ batches: 2, batchesDone: 2, items: 2, asks: false });
    const states = studio.events('onSearch').map(({ state }) => state);
    expect(states[0]).toBe('searching');

    const later = await Studio.open(project);
    const found = await later.api.getFindings({ run });
    expect(found).toMatchObject({
      counts: { items: 2, batches: 2, waiting: 6 },
      items: [
        { path: 'read', batch: 1, parent: 0, item: 1, position: 5, label: '“free”', found: 'probed', member: 'cents' },
        { path: 'read', batch: 2, parent: 0, item: 3, position: 11, label: '“soon”', found: 'probed', member: 'cents' },
      ],
      searches: [
        { path: 'read', batch: 1, isComplete: true, items: 1 },
        { path: 'read', batch: 2, isComplete: true, items: 1 },
      ],
    });
    expect(found.items[0]?.error).toMatchObject({
      message: 'free is not a number',
      at: { line: expect.any(Number) as number },
    });
    expect(found.items[0]?.error).not.toHaveProperty('stack');

    // The answer is remembered.
    expect(value(await later.api.findItems({ run, node: 'read', batches: [2] }))).toEqual({ asks: false });
    await later.watch(run);
    await later.until(
      'it has ended',
      async () => (await later.api.getFindings({ run })).search?.state === 'ended',
      60_000,
    );
  });

  test('of steps that are pure are looked for without a question, also in one batch', async () => {
    const { studio, run } = await failedRun(new Project({ 'prices.ts': prices(', { pure: true }') }));
    expect(value(await studio.api.findItems({ run, node: 'read', batches: [1] }))).toEqual({ asks: false });
    expect(await searchEnded(studio)).toMatchObject({ batches: 1, items: 1 });
    expect((await studio.api.getFindings({ run })).items).toMatchObject([{ batch: 1, item: 1 }]);
  });

  test('stay as far as they are found when the search is stopped', async () => {
    const slow = prices(', { pure: true }').replace('() => batch.map', 'async () => (await pause(), batch).map');
    const pause = `\nconst pause = () => new Promise(go => setTimeout(go, 2_000));\n`;
    const { studio, run } = await failedRun(new Project({ 'prices.ts': slow + pause }));
    value(await studio.api.findItems({ run }));
    await studio.until(
      'something was probed',
      () => studio.events('onSearch').some(({ probes }) => probes > 0),
      60_000,
    );
    await studio.api.stopFinding({ run });
    // Pages hear of the latest state: a search that ends at once has no other.
    expect((await studio.api.getFindings({ run })).search?.state).toMatch(/^(stopping|ended)$/);
    const ended = await searchEnded(studio);
    expect(ended.probes).toBeLessThan(30);
    // It can be begun again.
    expect(value(await studio.api.findItems({ run }))).toEqual({ asks: false });
    await studio.api.stopFinding({ run });
  });

  test('are not looked for in a run without failed batches, nor in a folder that nobody trusts', async () => {
    const project = new Project({ 'prices.ts': prices().replace("'free'", '6').replace("'soon'", '12') });
    const { studio, run } = await failedRun(project);
    expect(problem(await studio.api.findItems({ run, allow: true })).message).toContain('no failed batches');
    const untrusted = await Studio.open(project, { trustForThisLaunch: false });
    expect(problem(await untrusted.api.findItems({ run, allow: true })).name).toBe('NotTrustedError');
  });
});
