import { describe, expect, test } from 'vitest';
import { mistake, told, toldOf } from '../support/told.ts';

describe('an argument that a builder does not take is refused, with its names and the place', () => {
  test.each([
    ["flow.onWebhook('/a', {}, f)", 'onWebhook() takes at most 2 arguments: a function would have no effect.'],
    ["flow.onSchedule('* * * * *', {}, 1)", 'onSchedule() takes at most 2 arguments: 1 would have no effect.'],
    ["flow.onInterval('1s', {}, 1)", 'onInterval() takes at most 2 arguments: 1 would have no effect.'],
    ['flow.manual({ role: 1 })', 'manual() takes no argument: { role } would have no effect.'],
    ["flow.step('a', f, {}, 2)", 'step() takes at most 3 arguments: 2 would have no effect.'],
    ["flow.action('a', f, {}, 2)", 'action() takes at most 3 arguments: 2 would have no effect.'],
    ["flow.step('a', f).retry({ attempts: 2 }, { delay: 1 })", 'retry() takes at most 1 argument: { delay } would'],
    ["flow.step('a', f).timeout('1s', 1)", 'timeout() takes at most 1 argument: 1 would'],
    ["flow.step('a', f).delay('1s', 1)", 'delay() takes at most 1 argument: 1 would'],
    ["flow.step('a', f).onError(f, 1)", 'onError() takes at most 1 argument: 1 would'],
    ["flow.if('a', f, f)", 'if() takes at most 2 arguments: a function would'],
    ["flow.if('a', f).step('b', f).elseIf('c', f, f)", 'elseIf() takes at most 2 arguments: a function would'],
    ["flow.if('a', f).step('b', f).else('c')", 'else() takes no argument: "c" would'],
    ["flow.if('a', f).step('b', f).endIf(1)", 'endIf() takes no argument: 1 would'],
    [
      "flow.batch('a', { items: [], size: 1 }, f, { concurrency: 2 })",
      'batch() takes at most 3 arguments: { concurrency }',
    ],
    ["flow.forEach('a', [], f, {}, 1)", 'forEach() takes at most 4 arguments: 1 would'],
    ["flow.parallel('a', [f], undefined, 1)", 'parallel() takes at most 3 arguments: 1 would'],
    ["flow.race('a', [f], undefined, 1)", 'race() takes at most 3 arguments: 1 would'],
    ["flow.while('a', f, f, {}, 1)", 'while() takes at most 4 arguments: 1 would'],
    ["flow.sleep('pause', '1s', { title: 'a', unit: 1 })", 'sleep() takes at most 2 arguments: { title, unit } would'],
    ["flow.log('a', 'info', { step: 1 })", 'log() takes at most 2 arguments: { step } would'],
    ["flow.cancel('why', { silent: true }, 3)", 'cancel() takes at most 1 argument: { silent } and 3 would'],
  ])('%s', (source, message) => {
    expect(toldOf(source)).toEqual(mistake(expect.stringContaining(message) as unknown as string));
  });

  test('define takes one', () => {
    expect(told("cronflow.define({ id: 'a' }, { name: 'A' })")).toEqual(
      mistake('define() takes one argument, an object with all its options. Put the others into it.', 1),
    );
  });
});

test.each([
  ["flow.log('a', 'wran')", `log: its level is "wran". Did you mean 'warn'?`],
  ["flow.setp('a', f)", 'flow has no member "setp". Did you mean "step"?'],
  ["flow.onWebhok('/a')", 'flow has no member "onWebhok". Did you mean "onWebhook"?'],
  ["flow.step('a', f).tiemout('1s')", 'flow has no member "tiemout". Did you mean "timeout"?'],
])('%s is told with the near name', (source, message) => {
  expect(toldOf(source)).toEqual(mistake(message));
});

test('a flow without the member that was meant says what it has', () => {
  expect(toldOf('flow.somethingElse()')).toEqual(
    mistake(
      expect.stringMatching(
        /^flow has no member "somethingElse"\. It has .*\bonEvent\b.*\bstep\b/,
      ) as unknown as string,
    ),
  );
});

test('what `await` and JSON look for in any object is no mistake', () => {
  expect(toldOf('flow.then; JSON.stringify(flow); String(flow.constructor.name)')).toBe('nothing');
});
