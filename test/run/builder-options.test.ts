import { describe, expect, test } from 'vitest';
import { toldOf, mistake, NOT_A_DURATION, WHOLE } from '../support/told.ts';

describe('an option there is not is told, with the one that was meant', () => {
  test.each([
    [
      'batch',
      "flow.batch('clean', { items: [], size: 1, concurency: 2 }, f)",
      'batch "clean" has no option "concurency". Did you mean "concurrency"?',
    ],
    [
      'forEach',
      "flow.forEach('clean', [], f, { tolerateFailure: 2 })",
      'forEach "clean" has no option "tolerateFailure". Did you mean "tolerateFailures"?',
    ],
    [
      'retry',
      "flow.step('load', f).retry({ attempt: 2 })",
      'retry of step "load" has no option "attempt". Did you mean "attempts"?',
    ],
    [
      'backoff',
      "flow.step('load', f).retry({ attempts: 2, backoff: { stategy: 'linear' } })",
      'retry of step "load".backoff has no option "stategy". Did you mean "strategy"?',
    ],
    [
      'rateLimit',
      "flow.batch('clean', { items: [], size: 1, rateLimit: { item: 2, per: 1 } }, f)",
      'batch "clean": rateLimit has no option "item". Did you mean "items"?',
    ],
    ['step', "flow.step('load', f, { timout: '2s' })", 'step "load" has no option "timout". Did you mean "timeout"?'],
    [
      'while',
      "flow.while('again', f, f, { maxRound: 3 })",
      'while "again" has no option "maxRound". Did you mean "maxRounds"?',
    ],
    [
      'nothing like it',
      "flow.step('load', f, { whatever: 1 })",
      'step "load" has no option "whatever". It knows retry, timeout, delay, onError, cache, pure, title, description, explain.',
    ],
    [
      "a forEach's size",
      "flow.forEach('clean', [], f, { size: 3 })",
      'forEach "clean" has no option "size". It knows concurrency, tolerateFailures, retry, timeout, rateLimit, onBatchError, onItemError, workers, title, description, unit, explain, label, conserve, conserveUnit.',
    ],
  ])('%s', (_of, source, message) => expect(toldOf(source)).toEqual(mistake(message)));
});

describe('durations', () => {
  test.each([
    ["'soon'", '"soon"'],
    ["'-5s'", '"-5s"'],
    ['-1', '-1'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ["''", '""'],
    ['undefined', 'undefined'],
    ['{}', 'an object'],
    ["'x'.repeat(200)", `"${'x'.repeat(40)}…"`],
  ])('%s', (duration, shown) => {
    expect(toldOf(`flow.step('load', f)\n.timeout(${duration})`)).toEqual(
      mistake(`timeout of step "load" is ${shown}, ${NOT_A_DURATION}`, 3),
    );
    expect(toldOf(`flow.step('load', f)\n.delay(${duration})`)).toEqual(
      mistake(`delay of step "load" is ${shown}, ${NOT_A_DURATION}`, 3),
    );
    expect(toldOf(`flow.step('load', f)\n.sleep(${duration})`)).toEqual(
      mistake(`sleep "sleep-1" is ${shown}, ${NOT_A_DURATION}`, 3),
    );
  });

  test.each([
    [
      'longer than a timer can wait',
      "flow.sleep('30 days')",
      'sleep "sleep-1" is "30 days": the longest wait is 24 days.',
    ],
    ['of a named sleep', "flow.sleep('nap', 'a while')", `sleep "nap" is "a while", ${NOT_A_DURATION}`],
    ['a name without one', "flow.sleep('nap')", `sleep "sleep-1" is "nap", ${NOT_A_DURATION}`],
    [
      'in the options of a step',
      "flow.step('load', f, { timeout: 'soon' })",
      `timeout of step "load" is "soon", ${NOT_A_DURATION}`,
    ],
    [
      'in a backoff',
      "flow.step('load', f).retry({ attempts: 2, backoff: { maxDelay: 'soon' } })",
      `retry of step "load".backoff.maxDelay is "soon", ${NOT_A_DURATION}`,
    ],
  ])('%s', (_of, source, message) => expect(toldOf(source)).toEqual(mistake(message)));
});

describe('retry, at the line of the modifier', () => {
  test.each([
    ['{ attempts: 0 }', `.attempts is 0. ${WHOLE}`],
    ['{ attempts: 2.5 }', `.attempts is 2.5. ${WHOLE}`],
    ['{}', `.attempts is missing. ${WHOLE}`],
    ['3', ' is 3. It is an object of options.'],
    ["{ attempts: 2, backoff: 'fixed' }", '.backoff is "fixed". It is an object of options.'],
    [
      "{ attempts: 2, backoff: { strategy: 'expo' } }",
      ".backoff.strategy is \"expo\". It can be 'fixed', 'linear' or 'exponential'.",
    ],
    ['{ attempts: 2, backoff: { multiplier: 0.5 } }', '.backoff.multiplier is 0.5. It is a number of at least 1.'],
    ["{ attempts: 2, backoff: { jitter: 'full' } }", '.backoff.jitter is "full". It is true or false.'],
    [
      '{ attempts: 2, retryOn: true }',
      '.retryOn is true. It is a function of the error that says whether to try again.',
    ],
  ])('%s', (options, message) =>
    expect(toldOf(`flow.step('load', f)\n.retry(${options})`)).toEqual(mistake(`retry of step "load"${message}`, 3)),
  );
});

describe('a modifier says where it belongs', () => {
  const MODIFIERS = ['retry({ attempts: 2 })', 'timeout(1)', 'delay(1)', 'onError(f)'];
  const AFTER = 'put it right after the step it is for.';

  test.each(MODIFIERS)('%s with no step before it', modifier => {
    const name = modifier.slice(0, modifier.indexOf('('));
    expect(toldOf(`flow.${modifier}`)).toEqual(mistake(`${name}() follows no step: ${AFTER}`));
    expect(toldOf(`flow.step('a', f).if('big', f).step('b', f).else()\n.${modifier}`)).toEqual(
      mistake(`${name}() follows no step: ${AFTER}`, 3),
    );
    expect(toldOf(`flow.if('big', f).step('b', f).endIf()\n.${modifier}`)).toEqual(
      mistake(`${name}() follows no step: ${AFTER}`, 3),
    );
    expect(toldOf(`flow.if('big', f)\n.${modifier}`)).toEqual(mistake(`${name}() follows the if "big": ${AFTER}`, 3));
    expect(toldOf(`flow.sleep(1)\n.${modifier}`)).toEqual(
      mistake(`${name}() follows the sleep "sleep-1": ${AFTER}`, 3),
    );
    expect(toldOf(`flow.while('again', f, f)\n.${modifier}`)).toEqual(
      mistake(`${name}() follows the while "again": ${AFTER}`, 3),
    );
  });

  test.each([
    ['onError(f)', 'use the option `tolerateFailures` of the batch'],
    ['retry({ attempts: 2 })', 'use the option `retry` of the batch'],
    ['timeout(1)', 'use the option `timeout` of the batch'],
    ['delay(1)', 'put a sleep before it'],
  ])('%s after a batch', (modifier, instead) => {
    const name = modifier.slice(0, modifier.indexOf('('));
    expect(toldOf(`flow.batch('clean', { items: [], size: 1 }, f)\n.${modifier}`)).toEqual(
      mistake(`${name}() follows the batch "clean": ${instead}.`, 3),
    );
    expect(toldOf(`flow.forEach('clean', [], f)\n.${modifier}`)).toEqual(
      mistake(`${name}() follows the forEach "clean": ${instead}.`, 3),
    );
  });

  test('onError with something that is no function', () =>
    expect(toldOf("flow.step('load', f)\n.onError('ignore')")).toEqual(
      mistake('onError of step "load" is "ignore". It is a function.', 3),
    ));
});
