import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { define } from '../../engine/workflow/define.ts';
import { WorkflowError } from '../../engine/workflow/errors.ts';
import { drawGraph, type GraphNode } from '../../engine/workflow/graph.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Where the mistakes below stand. Nothing is there: only the place is looked at. */
const FILE = '/home/ann/flow.js';

/** Runs lines as an author's file, draws what they define, and gives what the author is told. `f` is any function. */
function told(...lines: string[]): { file: string | undefined; line: number | undefined; message: string } | 'nothing' {
  takeDefinitions();
  const author = vm.runInThisContext(`(cronflow, f) => {\n${lines.join('\n')}\n}`, {
    filename: FILE,
    lineOffset: -1,
  }) as (cronflow: { define: unknown }, f: () => unknown) => void;
  try {
    author({ define }, () => undefined);
    for (const definition of takeDefinitions()) drawGraph(definition);
    return 'nothing';
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    return { file: error.at?.file, line: error.at?.line, message: error.message };
  }
}

/** What is told of lines that follow the one that defines the workflow. */
const toldOf = (source: string) => told("const flow = cronflow.define({ id: 'films' });", ...source.split('\n'));

const mistake = (message: string, line = 2) => ({ file: FILE, line, message });

const NOT_A_DURATION = "not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.";
const WHOLE = 'It is a whole number of at least 1.';
const TWICE = (name: string, line: number) =>
  `Two steps are named "${name}"; the first is in line ${line}. Their results are stored by name, so give one of them another.`;
const NEVER_CLOSED = 'The if "big" is never closed. Add .endIf() after the last step that belongs to it.';
const NO_IF = (method: string) =>
  `${method}() belongs to no if: there is none open here. Begin with .if(name, condition).`;

describe('a name given twice is told with both places', () => {
  test.each([
    ['two steps', "flow.step('load', f)\n.step('load', f)"],
    ['a step and an action', "flow.step('load', f)\n.action('load', f)"],
    ['a step and an if', "flow.step('load', f)\n.if('load', f).endIf()"],
    ['an if and its elseIf', "flow.if('load', f)\n.elseIf('load', f).endIf()"],
    ['steps of two branches', "flow.if('big', f).step('load', f).else()\n.step('load', f).endIf()"],
    ['a step and a batch', "flow.step('load', f)\n.batch('load', { items: [], size: 1 }, f)"],
  ])('%s', (_of, source) => expect(toldOf(source)).toEqual(mistake(TWICE('load', 2), 3)));

  test('within a body', () =>
    expect(toldOf("flow.forEach('each', [], (item, flow) => {\nflow.step('load', f)\n.step('load', f) })")).toEqual(
      mistake(TWICE('load', 3), 4),
    ));

  test('but a body may use the names around it', () => {
    expect(
      told(
        "cronflow.define({ id: 'films' }).step('load', f).batch('clean', { items: [], size: 1 }, (batch, flow) => flow.step('load', f))",
      ),
    ).toBe('nothing');
  });

  test('two workflows', () => {
    expect(told("cronflow.define({ id: 'films' })", "cronflow.define({ id: 'films' })")).toEqual({
      file: FILE,
      line: 2,
      message: `Two workflows have the id "films"; the first is in ${FILE}:1. They are started by id, so give one of them another.`,
    });
  });
});

describe('branches that do not fit together', () => {
  test.each([
    ['else without an if', "flow.step('a', f)\n.else()", NO_IF('else'), 3],
    ['elseIf without an if', "flow.elseIf('big', f)", NO_IF('elseIf'), 2],
    [
      'endIf without an if',
      "flow.step('a', f)\n.endIf()",
      'endIf() closes no if: there is none open here. Take it away, or begin with .if(name, condition).',
      3,
    ],
    [
      'one endIf too many',
      "flow.if('big', f).endIf()\n.endIf()",
      'endIf() closes no if: there is none open here. Take it away, or begin with .if(name, condition).',
      3,
    ],
    [
      'elseIf after else',
      "flow.if('big', f).else()\n.elseIf('small', f).endIf()",
      'elseIf() comes after the else of "big", which is its last branch.',
      3,
    ],
    [
      'else after else',
      "flow.if('big', f).else()\n.else().endIf()",
      'else() comes after the else of "big", which is its last branch.',
      3,
    ],
    [
      'a branch named as the last one is',
      "flow.if('big', f)\n.elseIf('else', f).endIf()",
      'elseIf "else": that is the name of the last branch. Give it another.',
      3,
    ],
    ['an if never closed', "flow.step('a', f)\n.if('big', f).step('b', f)", NEVER_CLOSED, 3],
    [
      'an inner if never closed',
      "flow.if('outer', f)\n.if('big', f).step('b', f).endIf()",
      'The if "outer" is never closed. Add .endIf() after the last step that belongs to it.',
      2,
    ],
    [
      'an if never closed in a batch',
      "flow.batch('clean', { items: [], size: 1 }, (batch, flow) => {\nflow.if('big', f).step('b', f) })",
      NEVER_CLOSED,
      3,
    ],
    [
      'an if never closed in a forEach',
      "flow.forEach('clean', [], (item, flow) => {\nflow.if('big', f).step('b', f) })",
      NEVER_CLOSED,
      3,
    ],
    [
      'an if never closed in a while',
      "flow.while('again', f, flow => {\nflow.if('big', f).step('b', f) })",
      NEVER_CLOSED,
      3,
    ],
    [
      'an if never closed in a body in a body',
      "flow.forEach('each', [], (item, flow) => flow.while('again', f, flow => {\nflow.if('big', f) }))",
      NEVER_CLOSED,
      3,
    ],
    [
      'an if without a condition',
      "flow.if('big').endIf()",
      'if "big": its condition is undefined. It is a function.',
      2,
    ],
  ])('%s', (_of, source, message, line) => expect(toldOf(source)).toEqual(mistake(message, line)));
});

describe('batches', () => {
  test.each([
    ['0', 'is 0'],
    ['-1', 'is -1'],
    ['1.5', 'is 1.5'],
    ['NaN', 'is NaN'],
    ['Infinity', 'is Infinity'],
    ["'10'", 'is "10"'],
    ['null', 'is null'],
    ['undefined', 'is missing'],
  ])('size %s', (size, is) =>
    expect(toldOf(`flow.batch('clean', { items: [], size: ${size} }, f)`)).toEqual(
      mistake(`batch "clean": size ${is}. ${WHOLE}`),
    ),
  );

  test.each([
    ['concurrency: 0', `concurrency is 0. ${WHOLE}`],
    ["concurrency: '4'", `concurrency is "4". ${WHOLE}`],
    [
      "tolerateFailures: '200%'",
      "tolerateFailures is \"200%\". Write a number of batches, a share such as '5%', or 'all'.",
    ],
    ["tolerateFailures: '5'", "tolerateFailures is \"5\". Write a number of batches, a share such as '5%', or 'all'."],
    ['tolerateFailures: -1', "tolerateFailures is -1. Write a number of batches, a share such as '5%', or 'all'."],
    ['rateLimit: { items: 5 }', `rateLimit.per is undefined, ${NOT_A_DURATION}`],
    ['rateLimit: { items: 5, per: 0 }', "rateLimit.per is 0. It is the time in which the limit holds, such as '1s'."],
    [
      "rateLimit: { per: '1s' }",
      "rateLimit limits nothing. Give it items or batches, such as { items: 100, per: '1s' }.",
    ],
    ["rateLimit: { batches: 0, per: '1s' }", `rateLimit.batches is 0. ${WHOLE}`],
    ["onBatchError: 'halt'", "onBatchError is \"halt\". It can be 'continue' or 'stop'."],
    ["timeout: 'soon'", `timeout is "soon", ${NOT_A_DURATION}`],
    ['retry: { attempts: 0 }', `retry.attempts is 0. ${WHOLE}`],
    ["unit: 'film'", "unit is \"film\". It is singular and plural, such as ['film', 'films']."],
  ])('%s', (option, message) => {
    expect(toldOf(`flow.batch('clean', { items: [], size: 1, ${option} }, f)`)).toEqual(
      mistake(`batch "clean": ${message}`),
    );
    expect(toldOf(`flow.forEach('clean', [], f, { ${option} })`)).toEqual(mistake(`forEach "clean": ${message}`));
  });

  test.each([
    [
      'items that were forgotten',
      "flow.batch('clean', { size: 1 }, f)",
      'batch "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.',
    ],
    [
      'items that are undefined',
      "flow.batch('clean', { items: undefined, size: 1 }, f)",
      'batch "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.',
    ],
    [
      'a forEach without items',
      "flow.forEach('clean', undefined, f)",
      'forEach "clean": items is missing. Give it an array, a stream, or a function of ctx that returns one.',
    ],
    [
      'no body',
      "flow.batch('clean', { items: [], size: 1 })",
      'batch "clean": its body is undefined. It is a function.',
    ],
    [
      'a body in the place of options',
      "flow.batch('clean', f)",
      'batch "clean": its second argument is a function. It is an object of options.',
    ],
  ])('%s', (_of, source, message) => expect(toldOf(source)).toEqual(mistake(message)));
});

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
      'step "load" has no option "whatever". It knows retry, timeout, delay, onError, title, description, explain.',
    ],
    [
      "a forEach's size",
      "flow.forEach('clean', [], f, { size: 3 })",
      'forEach "clean" has no option "size". It knows concurrency, tolerateFailures, retry, timeout, rateLimit, onBatchError, title, description, unit, explain.',
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

describe('the rest', () => {
  test.each(['humanInTheLoop', 'waitForEvent', 'pause', 'subflow', 'cache'])('%s of Cronflow is not here', method => {
    expect(toldOf(`flow.step('a', f)\n.${method}({})`)).toEqual(
      mistake(
        `${method}() is part of Cronflow that this engine does not run. Take it out, or do its work in a step.`,
        3,
      ),
    );
  });

  test.each([
    [
      'a parallel without members',
      'flow.parallel([])',
      'parallel "parallel-1" has no members. Give it at least one function.',
    ],
    [
      'a race without members',
      "flow.race('fastest', {})",
      'race "fastest" has no members. Give it at least one function.',
    ],
    [
      'a parallel with a name only',
      "flow.parallel('both')",
      'parallel "parallel-1": its members are "both". Give it an array or an object of functions.',
    ],
    [
      'a member that is no function',
      "flow.parallel('both', [f, 1])",
      'parallel "both": its member "2" is 1. It is a function.',
    ],
    ['a step without a handler', "flow.step('load')", 'step "load": its handler is undefined. It is a function.'],
    [
      'a step without a name',
      'flow.step(f)',
      'step: its name is a function. Give it a name, or { id, title, description }.',
    ],
    ['an empty name', "flow.action('', f)", 'action: its name is "". Give it a name, or { id, title, description }.'],
    [
      'a name that is taken',
      "flow.step('?', f)",
      'step: its name is "?", which stands for the condition of a while. Give it another.',
    ],
    [
      'a title without an id',
      "flow.step({ title: 'Load' }, f)",
      'step: its name is undefined. Give it a name, or { id, title, description }.',
    ],
    ['a title that is no text', "flow.step({ id: 'load', title: 3 }, f)", 'step "load": title is 3. It is a text.'],
    [
      'an explain that is no function',
      "flow.step({ id: 'load', explain: 'broken' }, f)",
      'step "load": explain is "broken". It is a function.',
    ],
    ['a while without a body', "flow.while('again', f)", 'while "again": its body is undefined. It is a function.'],
    [
      'a while with a value for its condition',
      "flow.while('again', true, f)",
      'while "again": its condition is true. It is a function.',
    ],
    ['a while of no rounds', "flow.while('again', f, f, { maxRounds: 0 })", `while "again": maxRounds is 0. ${WHOLE}`],
    [
      'a log of a level there is not',
      "flow.log('hello', 'loud')",
      "log: its level is \"loud\". It can be 'debug', 'info', 'warn' or 'error'.",
    ],
    ['a schedule without a text', 'flow.onSchedule(5)', 'The schedule trigger is 5. It is a text.'],
  ])('%s', (_of, source, message) => expect(toldOf(source)).toEqual(mistake(message)));

  test.each([
    ['no id', '{}', "define: id is undefined. Give the workflow an id, such as { id: 'clean-films' }."],
    [
      'an id of spaces',
      "{ id: '  ' }",
      'define: id is "  ". Give the workflow an id, such as { id: \'clean-films\' }.',
    ],
    ['no options', '', 'define: its argument is undefined. It is an object of options.'],
    ['a name that is no text', "{ id: 'films', name: 3 }", 'workflow "films": name is 3. It is a text.'],
    [
      'a payload that is no schema',
      "{ id: 'films', payload: { since: 'string' } }",
      'workflow "films": payload is an object. It is a schema, such as z.object({ since: z.string() }) of zod.',
    ],
  ])('define with %s', (_of, options, message) =>
    expect(told(`cronflow.define(${options})`)).toEqual(mistake(message, 1)),
  );
});

describe('what comes too late', () => {
  const TOO_LATE =
    'comes too late: what it is added to has begun. Inside a body, add to the flow that the body is given; inside a step, nothing can be added.';

  test('a body that adds to the flow around it', () => {
    expect(toldOf("flow.forEach('each', [], (item, inner) => {\nflow.step('work', f) })")).toEqual(
      mistake(`step "work" ${TOO_LATE}`, 3),
    );
    expect(
      toldOf("flow.forEach('each', [], (item, inner) => inner.while('again', f, () => {\ninner.sleep('nap', 1) }))"),
    ).toEqual(mistake(`sleep "nap" ${TOO_LATE}`, 3));
  });

  test('a step that adds a step', async () => {
    const { error } = await new Bench().run(
      workflow(flow =>
        flow.step('load', () => {
          flow.step('more', () => 1);
        }),
      ),
    );
    expect(error).toMatchObject({
      name: 'WorkflowError',
      message: `step "more" ${TOO_LATE}`,
      step: 'load',
      at: { file: import.meta.filename },
    });
  });
});

describe('the graph', () => {
  const nothing = () => undefined;
  const nodesOf = (build: Parameters<typeof workflow>[0]) => drawGraph(workflow(build)).nodes;
  const bodyOf = (node: GraphNode | undefined) => (node?.body?.drawn ? node.body.nodes : undefined);

  test('knows what starts the workflow, where it stands and what its payload is', () => {
    const definition = workflow(
      flow =>
        flow
          .onWebhook('/films')
          .onSchedule('0 6 * * 1-5')
          .onEvent('film.added')
          .onInterval('15 minutes')
          .manual()
          .step('load', nothing),
      { name: 'Films', description: 'Cleans films.', payload: z.object({ since: z.string() }) },
    );
    const graph = drawGraph(definition);
    expect(graph).toMatchObject({
      id: 'test',
      name: 'Films',
      description: 'Cleans films.',
      at: { file: expect.stringMatching(/runs\.ts$/) },
    });
    expect(graph.triggers).toMatchObject([
      { kind: 'webhook', on: '/films' },
      { kind: 'schedule', on: '0 6 * * 1-5' },
      { kind: 'event', on: 'film.added' },
      { kind: 'interval', on: '15 minutes' },
      { kind: 'manual', on: '' },
    ]);
    expect(graph.payload).toMatchObject({ type: 'object', required: ['since'] });
  });

  test('shows every construct in order, with its settings and the file it stands in', () => {
    const nodes = nodesOf(flow =>
      flow
        .step({ id: 'load', title: 'Load films', description: 'From disk.' }, nothing, { timeout: '2s', delay: 5 })
        .retry({ attempts: 3, retryOn: () => true })
        .onError(nothing)
        .action('tell', nothing)
        .if('many', nothing)
        .step('split', nothing)
        .elseIf('few', nothing)
        .else()
        .step('stop', nothing)
        .endIf()
        .parallel('both', { left: nothing, right: nothing })
        .race([nothing, nothing])
        .sleep('nap', '1m')
        .log('hello', 'warn')
        .cancel('enough'),
    );
    expect(nodes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'step load',
      'action tell',
      'if many',
      'parallel both',
      'race race-1',
      'sleep nap',
      'log log-2',
      'cancel cancel-3',
    ]);
    const [load, , many, both, race, nap, log, cancel] = nodes;
    expect(load).toMatchObject({
      title: 'Load films',
      description: 'From disk.',
      settings: { timeout: 2000, delay: 5, retry: { attempts: 3, retryOn: true, strategy: 'fixed' }, onError: true },
    });
    expect(load?.at?.file).toMatch(/builder\.test\.ts$/);
    expect(many?.branches?.map(({ id, nodes: inner }) => [id, inner.map(node => node.path)])).toEqual([
      ['many', ['split']],
      ['few', []],
      ['else', ['stop']],
    ]);
    expect(both?.members?.map(({ path }) => path)).toEqual(['both/left', 'both/right']);
    expect(race?.members?.map(({ path }) => path)).toEqual(['race-1/1', 'race-1/2']);
    expect(nap?.settings).toEqual({ ms: 60_000 });
    expect(log?.settings).toEqual({ level: 'warn', message: 'hello' });
    expect(cancel?.settings).toEqual({ reason: 'enough' });
  });

  test('shows bodies, however deep, and escapes the names in their paths', () => {
    const [batch] = nodesOf(flow =>
      flow.batch(
        { id: 'a/b', unit: ['film', 'films'] },
        { items: [1], size: 10, concurrency: 4, tolerateFailures: '5%', rateLimit: { items: 100, per: '1s' } },
        (_batch, inner) => {
          inner.step('clean', nothing).forEach('each', [1], (_item, innermost) => {
            innermost.while('again', nothing, round => {
              round.step('try', nothing);
            });
          });
        },
      ),
    );
    expect(batch).toMatchObject({
      path: 'a~1b',
      unit: ['film', 'films'],
      settings: {
        size: 10,
        concurrency: 4,
        tolerate: { kind: 'percent', percent: 5 },
        rateLimits: [{ of: 'items', limit: 100, per: 1000 }],
      },
    });
    const [clean, each] = bodyOf(batch) ?? [];
    expect(clean?.path).toBe('a~1b/clean');
    const [again] = bodyOf(each) ?? [];
    expect(again).toMatchObject({ path: 'a~1b/each/again', kind: 'while', settings: { maxRounds: 1000 } });
    expect(bodyOf(again)?.map(({ path }) => path)).toEqual(['a~1b/each/again/try']);
  });

  test('says of a body that needs its items why it is not drawn', () => {
    const [batch, each, again] = nodesOf(flow =>
      flow
        .batch('clean', { items: ['a'], size: 1 }, (batch, inner) => {
          inner.step(`clean ${batch.reduce((longest, id) => (id > longest ? id : longest))}`, nothing);
        })
        .forEach('each', ['a'], (item: string, inner) => {
          inner.step(item.toUpperCase(), nothing);
        })
        .while('again', nothing, inner => {
          inner.step(`round ${String(inner.state.get('n'))}`, nothing);
        }),
    );
    expect(batch?.body).toEqual({ drawn: false, why: 'Reduce of empty array with no initial value' });
    expect(each?.body).toEqual({ drawn: false, why: "Cannot read properties of undefined (reading 'toUpperCase')" });
    expect(again?.body).toEqual({
      drawn: false,
      why: 'flow.state can be read while the workflow runs, inside a step; here the workflow is only being drawn.',
    });
  });

  test('throws the mistakes in a body instead', () => {
    expect(
      toldOf("flow.forEach('each', [], (item, flow) => {\nflow.batch('clean', { items: [], size: 0 }, f) })"),
    ).toEqual(mistake(`batch "clean": size is 0. ${WHOLE}`, 3));
    expect(
      toldOf(
        "flow.batch('clean', { items: [], size: 1 }, (batch, flow) => {\nflow.step('a', f).retry({ attempts: 0 }) })",
      ),
    ).toEqual(mistake(`retry of step "a".attempts is 0. ${WHOLE}`, 3));
    expect(toldOf("flow.while('again', f, flow => {\nflow.humanInTheLoop() })")).toEqual(
      mistake(
        'humanInTheLoop() is part of Cronflow that this engine does not run. Take it out, or do its work in a step.',
        3,
      ),
    );
  });
});
