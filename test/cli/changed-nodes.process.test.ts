import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';

/* The command line, where a node was renamed between a run and its re-run. The rules themselves: test/run/changed-nodes.test.ts. */

const letters = (name: string, broken: boolean) =>
  Project.workflow(`
cronflow
  .define({ id: 'letters' })
  .step('load', () => [1, 2, 3, 4, 5, 6])
  .batch('${name}', { items: ctx => ctx.steps.load.output, size: 1 }, ([letter], flow) => {
    flow.step('mail', () => {
      if (${broken} && letter === 4) throw new Error('no address');
      note(letter);
    });
  })
  .step('report', () => 'done');
`);

const EXPECTED = [
  'Run 1 cannot continue with the file as it is now, because it has work of nodes that have changed:',
  '  "send" (6 batches, 5 succeeded) is not in the file any more. New in it: "deliver".',
  'If a node was renamed, say so: --renamed send=deliver',
  'To take its work out of use, so that it is done anew or not at all: --discard send',
  '',
].join('\n');

describe.concurrent('a node that was renamed', { timeout: 120_000 }, () => {
  const renamed = story(async () => {
    const project = new Project({ 'letters.ts': letters('send', true) });
    await project.cli(['run', 'letters.ts']);
    project.write('letters.ts', letters('deliver', false));
    const dry = await project.cli(['rerun', '1', '--dry-run']);
    const refused = await project.cli(['rerun', '1', '--json']);
    const planned = await project.cli(['rerun', '1', '--dry-run', '--json', '--renamed', 'send=deliver']);
    const ended = await project.cli(['rerun', '1', '--json', '--renamed', 'send=deliver']);
    return { project, dry, refused, planned, ended };
  });

  test('is told by the dry run and by the re-run before anything runs, with what to do', async () => {
    const { dry, refused } = await renamed();
    expect([dry.code, dry.stdout, dry.stderr]).toEqual([2, '', EXPECTED]);
    expect([refused.code, refused.stderr]).toEqual([2, EXPECTED]);
    expect(refused.events).toMatchObject([{ event: 'error', name: 'ChangedNodesError' }]);
  });

  test('keeps its work when its new name is said', async () => {
    const { project, planned, ended } = await renamed();
    expect(planned.events).toMatchObject([
      { event: 'dry-run', nodes: [{ path: 'deliver', batches: 1, indices: [3] }] },
    ]);
    expect(ended).toMatchObject({ code: 0, summary: { status: 'completed', items: { total: 6, succeeded: 6 } } });
    expect(project.ledger()).toEqual([1, 2, 3, 5, 6, 4]);
  });

  test('and an option without a new name is refused', async () => {
    const { project } = await renamed();
    const [refused] = await project.many(['rerun', '1', '--renamed', 'send']);
    expect([refused?.code, refused?.stderr]).toEqual([
      2,
      '--renamed "send": write the old name and the new, as old=new.\n',
    ]);
  });
});
