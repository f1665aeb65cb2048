import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { expectNoStack, expectRefusal } from './refusals.ts';

describe.concurrent('steps and items that misbehave', { timeout: 120_000 }, () => {
  /** A step's function, and how its item is to fail; undefined: it succeeds. */
  const STEPS: Record<string, [code: string, error: object | undefined]> = {
    good: ["async () => 'good'", undefined],
    'returns a function': [
      'async () => ({ users: [1, { save() {} }] })',
      {
        name: 'NotDataError',
        message:
          'output.users[1].save is a function, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'returns a socket': [
      'async () => new net.Socket()',
      {
        message:
          'output is an instance of Socket, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'returns a promise inside': [
      'async () => ({ later: Promise.resolve(1) })',
      { message: 'output.later is a promise, which cannot be stored. Await it first.' },
    ],
    'keeps state by half a character': [
      "() => state().set('key \\ud83d', 1)",
      {
        name: 'TypeError',
        message: expect.stringContaining('which holds half a character (a lone surrogate) and cannot be stored'),
      },
    ],
    'throws a text': ["async () => { throw 'just a text'; }", { name: 'Thrown', message: 'just a text' }],
    'throws undefined': ['() => { throw undefined; }', { name: 'Thrown', message: 'undefined was thrown' }],
    'throws a frozen error': [
      "async () => { throw Object.freeze(new Error('frozen')); }",
      { name: 'Error', message: 'frozen' },
    ],
    'throws what cannot be looked at': [
      "async () => { throw new Proxy({}, { get() { throw new Error('no'); } }); }",
      { message: expect.stringContaining('thrown') },
    ],
    'throws its own cause': [
      "async () => { const error: any = new Error('round'); error.cause = error; throw error; }",
      { message: 'round' },
    ],
    'exits at once': [
      'async () => { process.exit(7); }',
      {
        name: 'ExitRefused',
        message: 'process.exit(7) was called in a step. It would end all batches of the run. Throw an error instead.',
      },
    ],
    'exits later': [
      'async () => { await sleep(5); process.exit(); }',
      { name: 'ExitRefused', message: expect.stringContaining('process.exit() was called in a step') },
    ],
    'exits and catches it': [
      "async () => { try { process.exit(1); } catch {} await sleep(5); return 'went on'; }",
      { name: 'ExitRefused' },
    ],
    'exits from a timer': [
      '() => new Promise(() => { setTimeout(() => process.exit(2), 5); })',
      { name: 'ExitRefused' },
    ],
    aborts: [
      'async () => { process.abort(); }',
      { name: 'ExitRefused', message: expect.stringContaining('process.abort() was called in a step') },
    ],
    disconnects: [
      "async () => { try { process.disconnect(); } catch {} await sleep(5); return 'went on'; }",
      {
        name: 'DisconnectRefused',
        message:
          "process.disconnect() was called in a step. It would cut the run off from Cronflow, and so end it: the process of a run is Cronflow's. Leave the call out.",
      },
    ],
    'forgets a rejection': [
      "async () => { void Promise.reject(new Error('nobody waits')); await sleep(50); }",
      { message: 'nobody waits' },
    ],
    'throws from a timer': [
      "() => new Promise(() => { setTimeout(() => { throw new Error('out of a timer'); }, 5); })",
      { message: 'out of a timer' },
    ],
    'has an emitter without a listener': [
      "() => new Promise(() => { process.nextTick(() => new EventEmitter().emit('error', new Error('unheard'))); })",
      { message: 'unheard' },
    ],
    'rejects when it is over': [
      "async () => { setTimeout(() => { void Promise.reject(new Error('too late to wait')); }, 20); }",
      undefined,
    ],
    'throws when it is over': [
      "async () => { setTimeout(() => { throw new Error('too late to throw'); }, 20); }",
      undefined,
    ],
  };
  const ITEMS: Record<string, [code: string, error: object | undefined]> = {
    good: ['() => [1]', undefined],
    undefined: [
      '() => undefined',
      {
        message:
          'items of batch "inner" is undefined. It must be an array, an iterable or an async iterable. Does the function return something?',
      },
    ],
    'an object': [
      '() => ({ a: 1 })',
      {
        message:
          'items of batch "inner" is an object. It must be an array, an iterable or an async iterable. For the values of an object, return Object.values(it).',
      },
    ],
    throws: ["() => { throw new Error('no database'); }", { message: 'no database' }],
    rejects: ["async () => { throw new Error('no network'); }", { message: 'no network' }],
    'ends half way': ["function* () { yield 1; throw new Error('half way'); }", { message: 'half way' }],
    'a function among them': [
      '() => [{ call() {} }]',
      {
        message:
          '1 of 1 batches of "inner" failed. The first: Item 0 of "inner", counted from 0: item.call is a function, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'a misspelled step': [
      'ctx => ctx.steps.gatherd.output',
      { message: 'There is no step named "gatherd" here. Did you mean "gathered"?' },
    ],
  };
  const table = (cases: Record<string, [string, unknown]>) =>
    Object.entries(cases)
      .map(([name, [code]]) => `  ${JSON.stringify(name)}: ${code},`)
      .join('\n');
  const FLOW = Project.workflow(`
import net from 'node:net';
import { EventEmitter } from 'node:events';
let state: () => any;
const steps: Record<string, () => unknown> = {
${table(STEPS)}
};
const items: Record<string, (ctx: any) => any> = {
${table(ITEMS)}
};
cronflow.define({ id: 'misbehaves', name: 'Misbehaves' })
  .step('gathered', async () => Object.keys(steps))
  .forEach('steps', Object.keys(steps), (name: string, flow: any) => {
    state = () => flow.state;
    flow.step('do', () => steps[name]!()); }, { concurrency: 4, tolerateFailures: 'all' })
  .forEach('items', Object.keys(items), (name: string, flow: any) => {
    flow.batch('inner', { items: items[name], size: 1 }, (batch: any, flow: any) => { flow.step('s', async () => batch[0]); });
  }, { tolerateFailures: 'all' })
  .step('later', async () => { await sleep(50); note('goes on'); });
`);
  const line = (text: string) => FLOW.split('\n').findIndex(other => other.includes(text)) + 1;

  const run = story(async () => {
    const project = new Project({ 'flow.ts': FLOW });
    const [ended, show] = await project.many(['run', 'flow.ts'], ['show', '1', '--batches', 'all', '--json']);
    const failures = (node: string) =>
      new Map(
        show?.events
          .filter(event => event.node === node)
          .map(({ index, status, error }) => [index as number, { status, error }]),
      );
    return { project, ended, summary: show?.summary, steps: failures('steps'), items: failures('items') };
  });

  test.each(Object.entries(STEPS))('a step that: %s', async (name, [code, error]) => {
    const { project, steps } = await run();
    const batch = steps.get(Object.keys(STEPS).indexOf(name));
    if (!error) return expect(batch).toEqual({ status: 'succeeded', error: undefined });
    expect(batch).toMatchObject({
      status: 'failed',
      error: { ...error, file: project.path('flow.ts'), step: 'steps/do' },
    });
    // Where the stack does not say, it is the step that is named.
    expect([line(code), line("flow.step('do'")]).toContain(batch?.error.line);
  });

  test.each(Object.entries(ITEMS))('items are: %s', async (name, [, error]) => {
    const { project, items } = await run();
    const batch = items.get(Object.keys(ITEMS).indexOf(name));
    if (!error) return expect(batch).toEqual({ status: 'succeeded', error: undefined });
    expect(batch).toMatchObject({
      status: 'failed',
      error: { ...error, file: project.path('flow.ts'), line: expect.any(Number), step: 'items/inner' },
    });
  });

  test('fails alone: everything else of the run goes on', async () => {
    const { project, summary } = await run();
    const failed = (cases: Record<string, [string, unknown]>) =>
      Object.values(cases).filter(([, error]) => error !== undefined).length;
    expect(summary).toMatchObject({
      status: 'completed',
      nodes: expect.arrayContaining([
        expect.objectContaining({
          path: 'steps',
          items: expect.objectContaining({ total: Object.keys(STEPS).length, failed: failed(STEPS) }),
        }),
        expect.objectContaining({
          path: 'items',
          items: expect.objectContaining({ total: Object.keys(ITEMS).length, failed: failed(ITEMS) }),
        }),
      ]),
    });
    expect(project.ledger()).toEqual(['goes on']);
  });

  test('what happens after a step has ended is in its log', async () => {
    const { project, ended } = await run();
    const texts = project
      .rows(
        "select l.text from logs l join nodes n on n.run = l.run and n.node = l.node where n.path = 'steps/do' order by text",
      )
      .map(({ text }) => String(text));
    expect(texts).toEqual([
      `A rejected promise that nothing awaits, after its step had ended: Error: too late to wait (${project.path('flow.ts')}:${line('too late to wait')})`,
      `An error thrown outside any promise, after its step had ended: Error: too late to throw (${project.path('flow.ts')}:${line('too late to throw')})`,
    ]);
    expectNoStack(ended?.stderr ?? '');
  });
});

describe.concurrent('a payload', { timeout: 120_000 }, () => {
  const PAYLOAD = `import { z } from 'zod';\n${Project.workflow(`
cronflow.define({ id: 'pay', payload: z.object({ since: z.string(), tags: z.array(z.object({ n: z.number() })) }) }).step('a', async () => { note('ran'); });
`)}`;

  test('that is not JSON, or does not fit, is refused and no run is recorded', async () => {
    const project = new Project({ 'pay.ts': PAYLOAD, 'payload.json': '{"since": ' });
    const [, notJson, notJsonFile, misfit, runs] = await project.many(
      ['run', 'pay.ts', '--payload', '{"since":"2020","tags":[]}'],
      ['run', 'pay.ts', '--payload', '{since:1}'],
      ['run', 'pay.ts', '--payload-file', 'payload.json'],
      ['run', 'pay.ts', '--payload', '{"since":3,"tags":[{"n":"x"}]}'],
      ['runs', '--json'],
    );
    expectRefusal(notJson, /^--payload is not JSON: /);
    expectRefusal(notJsonFile, /^payload\.json is not JSON: /);
    expectRefusal(misfit, 'The payload does not fit workflow "pay":');
    expect(misfit?.stderr).toBe(`The payload does not fit workflow "pay":
  payload.since: expected string, received number
  payload.tags[0].n: expected number, received string
Give it with --payload '{…}' or --payload-file <path>.
`);
    expect(runs?.events.map(({ run, status }) => [run, status])).toEqual([['1', 'completed']]);
    expect(project.ledger()).toEqual(['ran']);
  });
});
