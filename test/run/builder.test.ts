import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { define } from '../../engine/workflow/define.ts';
import { WorkflowError } from '../../engine/workflow/errors.ts';
import { drawGraph, type GraphNode } from '../../engine/workflow/graph.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import { workflow } from '../support/runs.ts';

/** Where the mistakes below stand. Nothing is there: only the place is looked at. */
const FILE = '/home/ann/flow.js';

/** Runs lines as an author's file, draws what they define, and gives what the author is told. `f` is any function. */
function told(...lines: string[]): { file: string | undefined; line: number | undefined; message: string } | 'nothing' {
  takeDefinitions();
  const author = vm.runInThisContext(`(cronflow, f) => {\n${lines.join('\n')}\n}`, { filename: FILE, lineOffset: -1 }) as (cronflow: { define: unknown }, f: () => unknown) => void;
  try {
    author({ define }, () => undefined);
    for (const definition of takeDefinitions()) drawGraph(definition);
    return 'nothing';
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    return { file: error.at?.file, line: error.at?.line, message: error.message };
  }
}

/** The mistake is in the line after the one that defines the workflow, or in the one given. */
function expectTold(source: string, message: string, line = 2): void {
  expect(told("const flow = cronflow.define({ id: 'films' });", ...source.split('\n'))).toEqual({ file: FILE, line, message });
}

const NOT_A_DURATION = "not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.";
const WHOLE = 'It is a whole number of at least 1.';
const TWICE = (name: string, line: number) => `Two steps are named "${name}"; the first is in line ${line}. Their results are kept by name, so give one of them another.`;
const NEVER_CLOSED = 'The if "big" is never closed. Add .endIf() after the last step that belongs to it.';
const NO_IF = (method: string) => `${method}() belongs to no if: there is none open here. Begin with .if(name, condition).`;

describe('a name given twice is told with both places', () => {
  test.each([
    ['two steps', "flow.step('load', f)\n.step('load', f)"],
    ['a step and an action', "flow.step('load', f)\n.action('load', f)"],
    ['a step and an if', "flow.step('load', f)\n.if('load', f).endIf()"],
    ['an if and its elseIf', "flow.if('load', f)\n.elseIf('load', f).endIf()"],
    ['steps of two branches', "flow.if('big', f).step('load', f).else()\n.step('load', f).endIf()"],
    ['a step and a batch', "flow.step('load', f)\n.batch('load', { items: [], size: 1 }, f)"],
  ])('%s', (_of, source) => expectTold(source, TWICE('load', 2), 3));

  test('within a body', () => expectTold("flow.forEach('each', [], (item, flow) => {\nflow.step('load', f)\n.step('load', f) })", TWICE('load', 3), 4));

  test('but a body may use the names around it', () => {
    expect(told("cronflow.define({ id: 'films' }).step('load', f).batch('clean', { items: [], size: 1 }, (batch, flow) => flow.step('load', f))")).toBe('nothing');
  });

  test('two workflows', () => {
    expect(told("cronflow.define({ id: 'films' })", "cronflow.define({ id: 'films' })")).toEqual({
      file: FILE, line: 2, message: `Two workflows have the id "films"; the first is in ${FILE}:1. They are started by id, so give one of them another.`,
    });
  });
});

describe('branches that do not fit together', () => {
  test.each([
    ['else without an if', "flow.step('a', f)\n.else()", NO_IF('else'), 3],
    ['elseIf without an if', "flow.elseIf('big', f)", NO_IF('elseIf'), 2],
    ['endIf without an if', "flow.step('a', f)\n.endIf()", 'endIf() closes no if: there is none open here. Take it away, or begin with .if(name, condition).', 3],
    ['one endIf too many', "flow.if('big', f).endIf()\n.endIf()", 'endIf() closes no if: there is none open here. Take it away, or begin with .if(name, condition).', 3],
    ['elseIf after else', "flow.if('big', f).else()\n.elseIf('small', f).endIf()", 'elseIf() comes after the else of "big", which is its last branch.', 3],
    ['else after else', "flow.if('big', f).else()\n.else().endIf()", 'else() comes after the else of "big", which is its last branch.', 3],
    ['a branch named as the last one is', "flow.if('big', f)\n.elseIf('else', f).endIf()", 'elseIf "else": that is the name of the last branch. Give it another.', 3],
    ['an if never closed', "flow.step('a', f)\n.if('big', f).step('b', f)", NEVER_CLOSED, 3],
    ['an inner if never closed', "flow.if('outer', f)\n.if('big', f).step('b', f).endIf()", 'The if "outer" is never closed. Add .endIf() after the last step that belongs to it.', 2],
    ['an if never closed in a batch', "flow.batch('clean', { items: [], size: 1 }, (batch, flow) => {\nflow.if('big', f).step('b', f) })", NEVER_CLOSED, 3],
    ['an if never closed in a forEach', "flow.forEach('clean', [], (item, flow) => {\nflow.if('big', f).step('b', f) })", NEVER_CLOSED, 3],
    ['an if never closed in a while', "flow.while('again', f, flow => {\nflow.if('big', f).step('b', f) })", NEVER_CLOSED, 3],
    ['an if never closed in a body in a body', "flow.forEach('each', [], (item, flow) => flow.while('again', f, flow => {\nflow.if('big', f) }))", NEVER_CLOSED, 3],
    ['an if without a condition', "flow.if('big').endIf()", 'if "big": its condition is undefined. It is a function.', 2],
  ])('%s', (_of, source, message, line) => expectTold(source, message, line));
});

describe('batches', () => {
  test.each([
    ['0', 'is 0'], ['-1', 'is -1'], ['1.5', 'is 1.5'], ['NaN', 'is NaN'], ['Infinity', 'is Infinity'], ["'10'", 'is "10"'], ['null', 'is null'], ['undefined', 'is missing'],
  ])('size %s', (size, is) => expectTold(`flow.batch('clean', { items: [], size: ${size} }, f)`, `batch "clean": size ${is}. ${WHOLE}`));

  test.each([
    ['concurrency: 0', `concurrency is 0. ${WHOLE}`],
    ["concurrency: '4'", `concurrency is "4". ${WHOLE}`],
    ["tolerateFailures: '200%'", "tolerateFailures is \"200%\". Write a number of batches, a share such as '5%', or 'all'."],
    ["tolerateFailures: '5'", "tolerateFailures is \"5\". Write a number of batches, a share such as '5%', or 'all'."],
    ['tolerateFailures: -1', "tolerateFailures is -1. Write a number of batches, a share such as '5%', or 'all'."],
    ['rateLimit: { items: 5 }', `rateLimit.per is undefined, ${NOT_A_DURATION}`],
    ['rateLimit: { items: 5, per: 0 }', "rateLimit.per is 0. It is the time in which the limit holds, such as '1s'."],
    ["rateLimit: { per: '1s' }", "rateLimit limits nothing. Give it items or batches, such as { items: 100, per: '1s' }."],
    ["rateLimit: { batches: 0, per: '1s' }", `rateLimit.batches is 0. ${WHOLE}`],
    ["onBatchError: 'halt'", "onBatchError is \"halt\". It can be 'continue' or 'stop'."],
    ["timeout: 'soon'", `timeout is "soon", ${NOT_A_DURATION}`],
    ['retry: { attempts: 0 }', `retry.attempts is 0. ${WHOLE}`],
    ["unit: 'film'", "unit is \"film\". It is singular and plural, such as ['film', 'films']."],
  ])('%s', (option, message) => {
    expectTold(`flow.batch('clean', { items: [], size: 1, ${option} }, f)`, `batch "clean": ${message}`);
    expectTold(`flow.forEach('clean', [], f, { ${option} })`, `forEach "clean": ${message}`);
  });

  test.each([
    ['items that were forgotten', "flow.batch('clean', { size: 1 }, f)", 'batch "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.'],
    ['items that are undefined', "flow.batch('clean', { items: undefined, size: 1 }, f)", 'batch "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.'],
    ['a forEach without items', "flow.forEach('clean', undefined, f)", 'forEach "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.'],
    ['no body', "flow.batch('clean', { items: [], size: 1 })", 'batch "clean": its body is undefined. It is a function.'],
    ['a body in the place of options', "flow.batch('clean', f)", 'batch "clean": its second argument is a function. It is an object of options.'],
  ])('%s', (_of, source, message) => expectTold(source, message));
});

describe('an option there is not is told, with the one that was meant', () => {
  test.each([
    ['batch', "flow.batch('clean', { items: [], size: 1, concurency: 2 }, f)", 'batch "clean" has no option "concurency". Did you mean "concurrency"?'],
    ['forEach', "flow.forEach('clean', [], f, { tolerateFailure: 2 })", 'forEach "clean" has no option "tolerateFailure". Did you mean "tolerateFailures"?'],
    ['retry', "flow.step('load', f).retry({ attempt: 2 })", 'retry of step "load" has no option "attempt". Did you mean "attempts"?'],
    ['backoff', "flow.step('load', f).retry({ attempts: 2, backoff: { stategy: 'linear' } })", 'retry of step "load".backoff has no option "stategy". Did you mean "strategy"?'],
    ['rateLimit', "flow.batch('clean', { items: [], size: 1, rateLimit: { item: 2, per: 1 } }, f)", 'batch "clean": rateLimit has no option "item". Did you mean "items"?'],
    ['step', "flow.step('load', f, { timout: '2s' })", 'step "load" has no option "timout". Did you mean "timeout"?'],
    ['while', "flow.while('again', f, f, { maxRound: 3 })", 'while "again" has no option "maxRound". Did you mean "maxRounds"?'],
    ['nothing like it', "flow.step('load', f, { whatever: 1 })", 'step "load" has no option "whatever". It knows retry, timeout, delay, onError, title, description, explain.'],
    ["a forEach's size", "flow.forEach('clean', [], f, { size: 3 })", 'forEach "clean" has no option "size". It knows concurrency, tolerateFailures, retry, timeout, rateLimit, onBatchError, title, description, unit, explain.'],
  ])('%s', (_of, source, message) => expectTold(source, message));
});

describe('durations', () => {
  test.each([
    ["'soon'", '"soon"'], ["'-5s'", '"-5s"'], ['-1', '-1'], ['NaN', 'NaN'], ['Infinity', 'Infinity'], ["''", '""'], ['undefined', 'undefined'], ['{}', 'an object'],
    ["'x'.repeat(200)", `"${'x'.repeat(40)}…"`],
  ])('%s', (duration, shown) => {
    expectTold(`flow.step('load', f)\n.timeout(${duration})`, `timeout of step "load" is ${shown}, ${NOT_A_DURATION}`, 3);
    expectTold(`flow.step('load', f)\n.delay(${duration})`, `delay of step "load" is ${shown}, ${NOT_A_DURATION}`, 3);
    expectTold(`flow.step('load', f).retry({ attempts: 2, backoff: { maxDelay: ${duration} } })`,
      duration === 'undefined' ? '' : `retry of step "load".backoff.maxDelay is ${shown}, ${NOT_A_DURATION}`);
  });
});
