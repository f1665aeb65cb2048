import { expect, test } from 'vitest';
import { fingerprintOf } from '../../common/fingerprint.ts';
import { Project } from '../support/project.ts';
import { Studio, value } from '../host/studio.ts';

const at = { file: '/home/ada/flow.ts', line: 3 };

test('a cause is a text that a store gives back as it was, wherever a message was cut', () => {
  for (const message of [`${'x'.repeat(499)}🎬`, 'half \ud83d', '\udc00 the other half', 'a\0b', '\u202e\u001b[2J']) {
    const fingerprint = fingerprintOf({ name: 'Error', message, at });
    expect(fingerprint.isWellFormed(), message).toBe(true);
    expect(fingerprint, message).not.toContain('\0');
  }
  expect(fingerprintOf({ name: '\ud83d', message: 'x', at }).isWellFormed()).toBe(true);
});

test('batches are found by a cause with half a character in it, and run again by it', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(
      `cronflow.define({ id: 'flow' }).batch('each', { items: [1, 2, 3, 4], size: 1 }, (batch, flow) => { flow.step('fail', () => { if (batch[0]! % 2 === 0) throw new Error('cut in two: ' + '🎬'.slice(0, 1) + '\\0'); throw new Error('other'); }); });`,
    ),
  });
  const studio = await Studio.open(project);
  const run = await studio.start('flow.ts');
  await studio.ended(run);
  const { causes } = await studio.api.getProblems({ run });
  expect(causes.map(({ first }) => first.index).toSorted()).toEqual([0, 1]);
  const [cut] = causes.filter(({ message }) => message.startsWith('cut'));
  const report = value(
    await studio.api.planRerun({ run, request: { node: 'each', select: { fingerprint: cut?.fingerprint ?? '' } } }),
  );
  expect(report.nodes).toMatchObject([{ batches: 2, indices: [1, 3] }]);
});
