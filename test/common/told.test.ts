import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { NEXT } from '../../common/next-steps.ts';
import { asToldInStudio, studioTextOf, told } from '../../common/told.ts';
import { problemOf } from '../../host/api/outcomes.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';

/* What to do next is a command in the terminal, and a button in the Studio: one table has both. */

const ROOT = path.resolve(import.meta.dirname, '../..');

test('a text has its parts in both places', () => {
  expect(told`Run ${3} was cancelled. To go on with it: ${NEXT.rerun(3)}`).toEqual({
    terminal: 'Run 3 was cancelled. To go on with it: cronflow rerun 3',
    studio: 'Run 3 was cancelled. To go on with it: press Re-run',
  });
  expect(told`${NEXT.resume(1)}`.studio).toBe('press Resume');
  // One text within another.
  expect(told`Wait, ${told`or ${NEXT.cancel(2)}`}.`).toEqual({
    terminal: 'Wait, or stop it with: cronflow cancel 2.',
    studio: 'Wait, or cancel it.',
  });
});

test('an error says it for the command line, and the host for the Studio', () => {
  const error = new RunStateError(told`It was cancelled: ${NEXT.rerun(3)}`);
  expect(error.message).toBe('It was cancelled: cronflow rerun 3');
  expect(problemOf(error)).toEqual({ name: 'RunStateError', message: 'It was cancelled: press Re-run' });
  expect(studioTextOf(new RunStateError('It has ended.'))).toBeUndefined();
  expect(asToldInStudio({ message: 'in the terminal', inStudio: 'in the Studio', fingerprint: 'x' })).toEqual({
    message: 'in the Studio',
    fingerprint: 'x',
  });
});

/** Messages that are read where they name what they mean: of the author's own code, of both places, or of how to start Cronflow. */
const MAY_NAME = new Set([
  'common/next-steps.ts',
  'engine/index.ts',
  'engine/run/effects/effect-errors.ts',
  'engine/store/own-store.ts',
  'engine/runner/choose-workflow.ts',
  'engine/native-module.ts',
]);

test('no other message of the engine names a command or an option', () => {
  const found = ['common', 'engine'].flatMap(folder =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter(name => !MAY_NAME.has(name))
      .flatMap(name =>
        readFileSync(path.join(ROOT, name), 'utf8')
          .split('\n')
          // Not what comments say.
          .filter(line => !/^\s*(\*|\/\/|\/\*)/.test(line))
          .filter(line =>
            /[\w.:] --[a-z]|\bcronflow (run|runs|resume|rerun|cancel|show|effects|serve|studio) [$<"`]/.test(line),
          )
          .map(line => `${name}: ${line.trim()}`),
      ),
  );
  expect(found).toEqual([]);
});
