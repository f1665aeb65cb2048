import { describe, expect, test } from 'vitest';
import { Bench, workflow } from '../support/runs.ts';
import { FILE, told, toldOf, mistake, NOT_A_DURATION, WHOLE } from '../support/told.ts';

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

describe('waits for people and events', () => {
  test.each([
    [
      'with a timeout that is none',
      "flow.humanInTheLoop({ timeout: 'soon' })",
      `humanInTheLoop "humanInTheLoop-1": timeout is "soon", not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.`,
    ],
    [
      'with an option that nobody knows',
      "flow.humanInTheLoop('boss', { onTimeOut: f })",
      'humanInTheLoop "boss" has no option "onTimeOut". Did you mean "onTimeout"?',
    ],
    [
      'an onPause that is no function',
      "flow.humanInTheLoop({ onPause: 'mail' })",
      'humanInTheLoop "humanInTheLoop-1": onPause is "mail". It is a function.',
    ],
    [
      'an event without a name',
      'flow.waitForEvent()',
      "waitForEvent: its event is undefined. Give it the name of the event, such as 'payment.confirmed'.",
    ],
  ])('%s', (_of, source, message) => expect(toldOf(source)).toEqual(mistake(message)));
});

describe('triggers', () => {
  test.each([
    [
      'a pattern that is none',
      "flow.onSchedule('every morning')",
      /^the schedule trigger "every morning" is not a schedule: .* Write five fields, minute to day of the week, such as '0 6 \* \* 1-5'\.$/,
    ],
    [
      'a time zone that is none',
      "flow.onSchedule('0 6 * * *', { timezone: 'Berlin' })",
      /timezone is "Berlin"\. It is the name/,
    ],
    ['a path without a slash', "flow.onWebhook('orders')", /its path begins with "\/"/],
    ['a schema that is none', "flow.onWebhook('/a', { schema: {} })", /schema is an object\. It is a schema/],
    [
      'a secret that is written down',
      "flow.onWebhook('/a', { secretEnv: 'my secret!' })",
      /the name of the environment variable/,
    ],
    [
      'a webhook that waits',
      "flow.onWebhook('/a', { overlap: 'queue' })",
      /whoever calls a webhook waits for its answer/,
    ],
    ['an interval that is a loop', "flow.onInterval('10ms')", /the shortest interval is a second/],
  ])('%s', (_of, source, message) => {
    const { message: told } = toldOf(source) as { message: string };
    expect(told).toMatch(message);
  });
});

describe('the rest', () => {
  test.each(['pause'])('%s of Cronflow is not here', method => {
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
      'an option that a parallel does not have',
      "flow.parallel('both', [f], { maxConcurency: 2 })",
      'parallel "both" has no option "maxConcurency". Did you mean "maxConcurrency"?',
    ],
    [
      'an option that is called so elsewhere',
      'flow.parallel([f], { concurrency: 2 })',
      'parallel "parallel-1" has no option "concurrency". Did you mean "maxConcurrency"?',
    ],
    [
      'options of an unnamed parallel over a record',
      'flow.parallel({ f }, { maxConcurrency: 0 })',
      'parallel "parallel-1": maxConcurrency is 0. It is a whole number of at least 1.',
    ],
    [
      'a timeout of a parallel that is no duration',
      "flow.parallel([f], { timeout: 'soon' })",
      `parallel "parallel-1": timeout is "soon", not a duration. Write milliseconds, or words such as '500ms', '2s' or '5 minutes'.`,
    ],
    [
      'options of a race',
      "flow.race({ f }, { timeout: '1s' })",
      'race "race-1" has no options: its members begin together. For retry, timeout or delay, put .retry(…), .timeout(…) or .delay(…) after it.',
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
