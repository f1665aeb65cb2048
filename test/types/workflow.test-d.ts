import { z } from 'zod';
import type { BatchResult, Context, Cronflow, Duration, StepResult, Workflow } from '../../engine/workflow/types.ts';
import { expectType } from './expect.ts';

declare const cronflow: Cronflow;

interface User {
  id: number;
  email: string;
}
declare function fetchUsers(): Promise<User[]>;

// -- define: the payload's type

cronflow.define({ id: 'a' }).step('x', ctx => {
  expectType<any>()(ctx.payload);
  expectType<undefined>()(ctx.last);
  expectType<{}>()(ctx.steps);
  expectType<undefined>()(ctx.batch);
});
cronflow.define({ id: 'a', payload: z.object({ since: z.string(), limit: z.number().default(10) }) }).step('x', ctx => {
  expectType<{ since: string; limit: number }>()(ctx.payload);
});
cronflow.define({ id: 'a', payload: z.string().transform(text => text.length) }).step('x', ctx => {
  expectType<number>()(ctx.payload);
});
cronflow.define<{ since: string }>({ id: 'a' }).step('x', ctx => {
  expectType<{ since: string }>()(ctx.payload);
});
cronflow.define({
  id: 'a',
  name: 'A',
  tags: ['x'],
  version: 'v1',
  timeout: '5m',
  concurrency: 10,
  secrets: {},
  hooks: { onSuccess: (ctx, stepId) => console.log(ctx.run.id, stepId), onFailure: ctx => console.log(ctx.error) },
});
// @ts-expect-error: an id is needed
cronflow.define({ name: 'A' });
// @ts-expect-error: a schema, not a value
cronflow.define({ id: 'a', payload: { since: 'today' } });

// -- steps: outputs by name

const flow = cronflow
  .define({ id: 'steps' })
  .step('load', async () => fetchUsers())
  .action('tell', ctx => {
    expectType<User[]>()(ctx.last);
    return 'ignored';
  })
  .step({ id: 'count', title: 'Count', explain: error => error.message }, ctx => ctx.steps.load.output.length)
  .step('nothing', () => {})
  .step('text', () => 'literals widen')
  .step('check', ctx => {
    expectType<string>()(ctx.last);
    expectType<number>()(ctx.steps.count.output);
    expectType<
      Readonly<{
        load: StepResult<User[]>;
        count: StepResult<number>;
        nothing: StepResult<void>;
        text: StepResult<string>;
      }>
    >()(ctx.steps);
    // @ts-expect-error: misspelled
    void ctx.steps['laod'];
    // @ts-expect-error: an action leaves no output
    void ctx.steps['tell'];
    // @ts-expect-error: outputs are not to be replaced
    ctx.steps.load.output = [];
    expectType<AbortSignal>()(ctx.signal);
    expectType<number>()(ctx.attempt);
    expectType<string>()(ctx.idempotencyKey);
    expectType<string>()(ctx.run.workflowId);
    return ctx.payload;
  });
flow.step('after-any', ctx => {
  expectType<any>()(ctx.last);
});

// An annotated handler and a helper that takes any context.
const helper = (ctx: Context): number => {
  ctx.results('anything');
  return ctx.last.length;
};
const needsLoad = (ctx: Context<{ load: StepResult<User[]> }>): User[] => ctx.steps.load.output;
flow
  .step('annotated', async (ctx: Context) => ctx.steps['whatever'].output)
  .step('helper', ctx => helper(ctx))
  .step('needs', ctx => needsLoad(ctx));
// @ts-expect-error: nothing was loaded
cronflow.define({ id: 'a' }).step('needs', ctx => needsLoad(ctx));

// Thenables are awaited as promises are.
declare const query: PromiseLike<User>;
flow.step('query', () => query).step('x', ctx => expectType<User>()(ctx.last));

// Names made in a loop.
declare const region: string;
flow
  .step(`sync-${region}`, () => 1)
  .step('x', ctx => {
    expectType<number | undefined>()(ctx.steps['sync-eu']?.output);
    expectType<User[]>()(ctx.steps.load.output);
  });
flow
  .step(region, () => 1)
  .step('x', ctx => {
    expectType<number>()(ctx.last);
    expectType<User[]>()(ctx.steps.load.output);
    // @ts-expect-error: misspelled, still
    void ctx.steps['laod'];
  });

// Any workflow fits a bare `Workflow`.
const workflows: Workflow[] = [flow, cronflow.define({ id: 'b' }), cronflow.define({ id: 'c' }).if('x', () => true)];
for (const any of workflows) any.step('more', ctx => ctx.steps['load'].output).retry({ attempts: 2 });

// -- modifiers

flow
  .step('a', () => 1, { retry: { attempts: 3 }, timeout: '2s', delay: 100, title: 'A', explain: () => 'no' })
  .retry({
    attempts: 3,
    backoff: { strategy: 'exponential', delay: '500ms', maxDelay: '5 minutes', multiplier: 3, jitter: true },
    retryOn: (error, attempt) => attempt < 2 && error.message !== 'gone',
  })
  .timeout('1 minute')
  .delay('1.5h')
  .onError(ctx => {
    expectType<Error>()(ctx.error);
    expectType<any>()(ctx.last);
    expectType<User[]>()(ctx.steps.load.output);
    // @ts-expect-error: this is the step that failed
    void ctx.steps.a;
    return { fallback: ctx.error.message };
  })
  .retry({ attempts: 2 })
  .step('b', ctx => {
    expectType<number | { fallback: string }>()(ctx.last);
    expectType<number | { fallback: string }>()(ctx.steps.a.output);
    expectType<User[]>()(ctx.steps.load.output);
    return true;
  })
  .action('c', () => {})
  .onError(async ctx => ctx.last)
  .step('d', ctx => {
    expectType<boolean>()(ctx.last);
  });
cronflow
  .define({ id: 'a' })
  .step('never', () => {
    throw new Error('always');
  })
  .onError(() => 1)
  .step('x', ctx => expectType<number>()(ctx.last));

// @ts-expect-error: nothing to retry
cronflow.define({ id: 'a' }).retry({ attempts: 2 });
// @ts-expect-error: a log line has no timeout
flow.log('x').timeout('1s');
// @ts-expect-error: no such unit
flow.timeout('5 minuts');
// @ts-expect-error: attempts are required
flow.retry({ backoff: { delay: 1 } });
// @ts-expect-error: misspelled option
flow.step('x', () => 1, { timout: '1s' });
// @ts-expect-error: a batch has these as options
flow.batch('b', { items: [1], size: 1 }, () => {}).retry({ attempts: 2 });
const durations: Duration[] = [0, 1500, '500ms', '2s', '5 minutes', '1 day', '2 weeks', '90sec'];
void durations;

// -- branches

const branched = cronflow
  .define({ id: 'if' })
  .step('start', () => 0)
  .if('first', async ctx => ctx.last > 0)
  .step('a', () => 'a')
  .step('in-a', ctx => {
    expectType<string>()(ctx.steps.a.output);
    return 1n;
  })
  .elseIf('second', ctx => {
    expectType<number>()(ctx.last);
    // @ts-expect-error: another branch's step
    void ctx.steps.a;
    return ctx.last;
  })
  .step('b', ctx => {
    expectType<number>()(ctx.last);
    return new Date();
  })
  .else()
  .step('c', ctx => {
    expectType<Readonly<{ start: StepResult<number> }>>()(ctx.steps);
    return true;
  })
  .endIf();
branched.step('x', ctx => {
  expectType<bigint | Date | boolean>()(ctx.last);
  expectType<string | undefined>()(ctx.steps.a?.output);
  expectType<Date | undefined>()(ctx.steps['b']?.output);
  expectType<number>()(ctx.steps.start.output);
  // @ts-expect-error: may not have run
  void ctx.steps.a.output;
  // @ts-expect-error: misspelled
  void ctx.steps['d']?.output;
  expectType<
    Readonly<{
      start: StepResult<number>;
      a?: StepResult<string>;
      'in-a'?: StepResult<bigint>;
      b?: StepResult<Date>;
      c?: StepResult<boolean>;
    }>
  >()(ctx.steps);
});
// The optional steps stay optional further on, and through another if.
branched
  .if('again', () => true)
  .step('d', () => 1)
  .endIf()
  .step('x', ctx => {
    expectType<bigint | Date | boolean | number>()(ctx.last);
    expectType<StepResult<string> | undefined>()(ctx.steps.a);
    expectType<StepResult<number> | undefined>()(ctx.steps.d);
    expectType<StepResult<number>>()(ctx.steps.start);
  });
// No branch may have been taken.
cronflow
  .define({ id: 'if' })
  .if({ id: 'first', title: 'First?' }, () => 1)
  .step('a', () => 'a')
  .onError(() => 5)
  .endIf()
  .step('x', ctx => {
    expectType<string | number | undefined>()(ctx.last);
    expectType<string | number | undefined>()(ctx.steps.a?.output);
  });
// Nested.
cronflow
  .define({ id: 'if' })
  .step('s', () => 0)
  .if('outer', () => true)
  .step('a', () => 'a')
  .if('inner', () => true)
  .step('b', () => 1n)
  .endIf()
  .action('look', ctx => {
    expectType<string | bigint>()(ctx.last);
    expectType<Readonly<{ s: StepResult<number>; a: StepResult<string>; b?: StepResult<bigint> }>>()(ctx.steps);
  })
  .else()
  .cancel('nothing to do')
  .endIf()
  .step('x', ctx => {
    expectType<string | bigint>()(ctx.last);
    expectType<Readonly<{ s: StepResult<number>; a?: StepResult<string>; b?: StepResult<bigint> }>>()(ctx.steps);
  });
// @ts-expect-error: no if
flow.else();
// @ts-expect-error: no if
flow.elseIf('x', () => true);
// @ts-expect-error: no if
flow.endIf();
// @ts-expect-error: the if has ended
branched.else();
// @ts-expect-error: a second else
flow
  .if('x', () => true)
  .else()
  .else();
// @ts-expect-error: elseIf after else
flow
  .if('x', () => true)
  .else()
  .elseIf('y', () => true);
// @ts-expect-error: nothing to retry: a branch has just begun
flow.if('x', () => true).retry({ attempts: 1 });

// -- parallel and race

cronflow
  .define({ id: 'parallel' })
  .step('n', () => 1)
  .parallel([async ctx => ctx.last + 1, ctx => String(ctx.steps.n.output)])
  .retry({ attempts: 2 })
  .step('tuple', ctx => {
    expectType<[number, string]>()(ctx.last);
    expectType<Readonly<{ n: StepResult<number> }>>()(ctx.steps);
    return 'x';
  })
  .parallel('named', { users: fetchUsers, text: async ctx => ctx.last })
  .onError(() => null)
  .parallel({ id: 'labelled', title: 'Both' }, [() => 1, () => 'a'])
  .step('x', ctx => {
    expectType<{ users: User[]; text: string } | null>()(ctx.steps.named.output);
    expectType<[number, string]>()(ctx.last);
    expectType<[number, string]>()(ctx.steps.labelled.output);
    return 2;
  })
  .race([async () => 1, ctx => String(ctx.last)])
  .action('y', ctx => expectType<string | number>()(ctx.last))
  .race('fastest', { a: fetchUsers, b: async ctx => ctx.last })
  .step('z', ctx => {
    expectType<string | number | User[]>()(ctx.steps.fastest.output);
    expectType<string | number | User[]>()(ctx.last);
  });
cronflow
  .define({ id: 'limits' })
  .parallel([() => 1, () => 'a'], { maxConcurrency: 1 })
  .action('tuple', ctx => expectType<[number, string]>()(ctx.last))
  .parallel('named', { users: fetchUsers }, { maxConcurrency: 2, timeout: '30s' })
  .step('x', ctx => expectType<{ users: User[] }>()(ctx.steps.named.output));
// @ts-expect-error: a number
flow.parallel([() => 1], { maxConcurrency: '2' });
// @ts-expect-error: a race has no options
flow.race([() => 1], { timeout: '1s' });
// Handlers that are in an array already.
const jobs = [1, 2, 3].map(n => async () => n);
flow.parallel('jobs', jobs).step('x', ctx => expectType<number[]>()(ctx.last));
// @ts-expect-error: handlers, not promises
flow.parallel([fetchUsers()]);
// @ts-expect-error: a name needs handlers
flow.parallel('x');

// -- the rest

flow
  .onWebhook('/users', { method: 'POST', schema: z.string() })
  .onSchedule('0 6 * * *')
  .onEvent('user.created')
  .onInterval('15 minutes')
  .manual()
  .step('a', () => 1)
  .sleep('2s')
  .sleep('cool-down', 500)
  .log('plain')
  .log(ctx => `last: ${ctx.last}`, 'debug')
  .log(async ctx => ctx.last.toFixed(2))
  .step('x', ctx => {
    expectType<number>()(ctx.last);
    if (ctx.last > 3) ctx.cancel('enough');
    return 'after cancel';
  })
  .step('y', ctx => expectType<string>()(ctx.last));
// @ts-expect-error: no such level
flow.log('x', 'fatal');
// @ts-expect-error: a name needs a duration
flow.sleep('cool-down');

// -- state

flow.step('state', async ctx => {
  expectType<any>()(ctx.state.get('x'));
  expectType<number>()(ctx.state.get('n', 0));
  expectType<number>()(await ctx.state.get('n', 0));
  expectType<string>()(ctx.state.get('s', 'idle'));
  expectType<boolean>()(ctx.state.get('b', false));
  expectType<any>()(ctx.state.get('null', null));
  expectType<any[]>()(ctx.state.get('list', []));
  expectType<any>()(ctx.state.get('record', {}));
  expectType<{ done: number }>()(ctx.state.get('progress', { done: 0 }));
  expectType<number | undefined>()(ctx.state.get<number>('n'));
  expectType<'a' | 'b'>()(ctx.state.get<'a' | 'b'>('letter', 'a'));
  expectType<string[]>()(ctx.state.get<string[]>('list', []));
  expectType<Date | null>()(ctx.state.get<Date | null>('since', null));
  expectType<number>()(await ctx.state.incr('n'));
  expectType<number>()(await ctx.state.incr('n', -2));
  expectType<any>()(await ctx.state.update('list', list => [...(list ?? []), 1]));
  expectType<number>()(await ctx.state.update<number>('n', n => (n ?? 0) + 1));
  expectType<void>()(await ctx.state.set('x', { any: 'thing' }));
  await ctx.state.delete('x');
});

// -- what a batch leaves (more in body.test-d.ts)

flow
  .batch('in-batches', { items: [1], size: 1 }, () => {})
  .step('x', ctx => {
    expectType<BatchResult>()(ctx.last);
    expectType<BatchResult>()(ctx.steps['in-batches'].output);
    expectType<number>()(ctx.last.items.total + ctx.last.batches.failed);
  });
