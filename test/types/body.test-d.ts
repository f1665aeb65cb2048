import type { Readable } from 'node:stream';
import type {
  BatchOptions,
  BatchPosition,
  BatchResult,
  BodyFlow,
  Cronflow,
  StepResult,
} from '../../engine/workflow/types.ts';
import { expectType } from './expect.ts';

declare const cronflow: Cronflow;

interface User {
  id: number;
  email: string;
}
declare function fetchUsers(): Promise<User[]>;

const flow = cronflow
  .define<{ since: string }>({ id: 'body' })
  .step('load', fetchUsers)
  .step('note', () => 'n');

// -- items

flow.batch('array', { items: [1, 2], size: 1 }, batch => expectType<number[]>()(batch));
flow.batch('promise', { items: fetchUsers(), size: 1 }, batch => expectType<User[]>()(batch));
flow.batch('set', { items: new Set(['a']), size: 1 }, batch => expectType<string[]>()(batch));
flow.batch('output', { items: ctx => ctx.steps.load.output, size: 1 }, batch => expectType<User[]>()(batch));
flow.batch('async', { items: async ctx => ctx.steps.load.output, size: 1 }, batch => expectType<User[]>()(batch));
flow.batch('any', { items: ctx => JSON.parse(ctx.steps.note.output), size: 1 }, batch => expectType<any[]>()(batch));
flow.batch('any-async', { items: async () => JSON.parse(''), size: 1 }, batch => expectType<any[]>()(batch));
flow.batch('readonly', { items: (): readonly User[] => [], size: 1 }, batch => expectType<User[]>()(batch));
flow.batch('maybe', { items: ctx => (ctx.last ? ctx.steps.load.output : []), size: 1 }, batch => {
  expectType<User[]>()(batch);
});
flow.batch('stream', { items: (): Readable => null as never, size: 1 }, batch => expectType<any[]>()(batch));
flow.batch(
  'generator',
  {
    *items() {
      yield 1;
    },
    size: 1,
  },
  batch => expectType<number[]>()(batch),
);
flow.batch(
  'async-generator',
  {
    items: async function* (ctx) {
      expectType<number>()(ctx.resume.offset);
      expectType<string>()(ctx.payload.since);
      expectType<string>()(ctx.last);
      yield { id: 1, email: 'a@b.c' };
    },
    size: 1,
  },
  batch => expectType<{ id: number; email: string }[]>()(batch),
);
// @ts-expect-error: a number can't be cut
flow.batch('x', { items: 5, size: 1 }, () => {});
// @ts-expect-error: text would be cut into letters
flow.batch('x', { items: ctx => ctx.steps.note.output, size: 1 }, () => {});
// @ts-expect-error: a size is needed
flow.batch('x', { items: [1] }, () => {});
// @ts-expect-error: misspelled
flow.batch('x', { items: ctx => ctx.steps.laod.output, size: 1 }, () => {});

// -- options

flow.batch(
  { id: 'all', title: 'All', description: 'All of it', unit: ['user', 'users'], explain: error => error.message },
  {
    items: [1],
    size: 10,
    concurrency: 5,
    tolerateFailures: '5%',
    retry: { attempts: 2 },
    timeout: '1m',
    rateLimit: { items: 100, batches: 2, per: '1s' },
    onBatchError: 'stop',
    title: 'All',
    unit: ['user', 'users'],
    explain: () => 'because',
  },
  () => {},
);
flow.forEach('x', [1], () => {}, { tolerateFailures: 'all', concurrency: 2, rateLimit: { batches: 1, per: 1000 } });
flow.forEach('x', [1], () => {}, { tolerateFailures: 3 });
// @ts-expect-error: not a share
flow.forEach('x', [1], () => {}, { tolerateFailures: 'some' });
// @ts-expect-error: a rate has a span
flow.forEach('x', [1], () => {}, { rateLimit: { items: 5 } });
// @ts-expect-error: a forEach has no size
flow.forEach('x', [1], () => {}, { size: 5 });

// -- the two views of a body's scope

flow.batch('users', { items: ctx => ctx.steps.load.output, size: 2 }, (batch, body) => {
  batch.length = 0;
  body
    .step('ids', ctx => {
      expectType<string>()(ctx.last);
      expectType<BatchPosition>()(ctx.batch);
      expectType<{ since: string }>()(ctx.payload);
      return batch.map(user => user.id);
    })
    .step('note', ctx => {
      expectType<number[]>()(ctx.last);
      expectType<Readonly<{ load: StepResult<User[]>; note: StepResult<string>; ids: StepResult<number[]> }>>()(
        ctx.steps,
      );
      // @ts-expect-error: this batch node is not done yet
      void ctx.steps.users;
      return ctx.steps.ids.output.length;
    })
    .retry({ attempts: 2 })
    .onError(ctx => {
      expectType<number[]>()(ctx.last);
      return null;
    })
    .action('look', async ctx => {
      // The inner note shadows the outer one.
      expectType<number | null>()(ctx.steps.note.output);
      // @ts-expect-error: misspelled
      void ctx.steps['idz'];

      expectType<any>()(body.last);
      expectType<any>()(body.steps['ids']);
      expectType<any>()(body.steps.ids.output.anything);
      expectType<StepResult<User[]>>()(body.steps.load);
      expectType<{ since: string }>()(body.payload);
      expectType<AbortSignal>()(body.signal);
      expectType<string>()(body.run.id);
      const seen = await body.state.get('seen', 0);
      expectType<number>()(seen + batch.length);
    });
  // Statements instead of a chain.
  body.step('next', () => ({ ok: true }));
  body.step('then', async () => body.steps['next'].output.ok && body.last.ok);
  // @ts-expect-error: no if in this body
  body.endIf();
  // @ts-expect-error: triggers are for the top level
  body.onSchedule('0 6 * * *');
});

// Helpers that add steps to any body, or to one with the steps they need.
const addChecks = (body: BodyFlow) => {
  body
    .step('check', ctx => ctx.steps['any'].output + ctx.batch?.index)
    .retry({ attempts: 2 })
    .action('x', () => {});
};
const addMail = (body: BodyFlow<'batch', { load: StepResult<User[]> }>) => {
  body.step('mail', ctx => ctx.steps.load.output[ctx.batch.index]);
};
flow.batch('helped', { items: [1], size: 1 }, (_batch, body) => {
  addChecks(body);
  addMail(body);
});
flow.while('helped', () => false, addChecks);
const options: BatchOptions = { items: [1], size: 5, rateLimit: { batches: 1, per: '1s' } };
flow.batch('options', options, batch => expectType<any[]>()(batch));

// A body may be an expression.
flow.batch('x', { items: [1], size: 1 }, (batch, body) => body.step('sum', () => batch.length));
flow.forEach('x', [1], (item, body) => body.step('twice', () => item * 2));
flow.while(
  'x',
  () => false,
  body => body.step('a', () => 1),
);

// -- forEach

flow
  .forEach(
    'each-user',
    async ctx => ctx.steps.load.output,
    (user, body) => {
      expectType<User>()(user);
      body
        .if('has-mail', ctx => expectType<string>()(ctx.last))
        .step('send', () => user.email)
        .else()
        .action('skip', () => {})
        .endIf()
        .step('x', ctx => {
          expectType<string>()(ctx.last);
          expectType<string | undefined>()(ctx.steps.send?.output);
          expectType<string>()(ctx.steps.note.output);
        });
    },
  )
  .step('x', ctx => {
    expectType<BatchResult>()(ctx.last);
    expectType<BatchResult>()(ctx.steps['each-user'].output);
    // @ts-expect-error: inner steps are not seen outside
    void ctx.steps.send;
  });

// -- results of a batch node

flow
  .batch('bill', { items: [1], size: 1 }, () => {})
  .forEach('mail', [1], () => {})
  .step('sum', async ctx => {
    for await (const result of ctx.results('bill')) {
      expectType<number>()(result.index);
      expectType<unknown>()(result.output);
    }
    for await (const { output } of ctx.results<{ total: number }>('mail')) expectType<number>()(output.total);
    // @ts-expect-error: not a batch node
    ctx.results('load');
    // @ts-expect-error: misspelled
    ctx.results('bil');
  });
cronflow
  .define({ id: 'x' })
  .step('any', () => JSON.parse(''))
  .step('x', ctx => {
    // @ts-expect-error: not a batch node, whatever its output
    ctx.results('any');
  });
flow
  .if('x', () => true)
  .batch('maybe', { items: [1], size: 1 }, () => {})
  .endIf()
  .step('x', ctx => ctx.results('maybe'));

// -- nesting, and while

flow.batch('outer', { items: [['a'], ['b']], size: 1 }, (rows, body) => {
  expectType<string[][]>()(rows);
  body
    .step('flat', () => rows.flat())
    .forEach(
      'inner',
      ctx => ctx.steps.flat.output,
      (cell, inner) => {
        expectType<string>()(cell);
        inner.step('x', ctx => {
          expectType<string[]>()(ctx.steps.flat.output);
          expectType<User[]>()(ctx.steps.load.output);
          expectType<string[]>()(ctx.last);
          expectType<string>()(ctx.batch.node);
          expectType<string[]>()(inner.steps['flat'].output);
          expectType<any>()(inner.steps['x'].output);
        });
      },
    )
    .while(
      'poll',
      ctx => ctx.batch.index > 0,
      loop => {
        loop.step('x', ctx => {
          expectType<BatchPosition>()(ctx.batch);
        });
      },
    );
});

flow
  .while(
    'poll',
    async ctx => {
      expectType<any>()(ctx.last);
      expectType<StepResult<User[]>>()(ctx.steps.load);
      return ctx.steps['ask']?.output.more !== false;
    },
    loop => {
      loop
        .step('ask', ctx => {
          expectType<any>()(ctx.last);
          expectType<undefined>()(ctx.batch);
          return { more: true };
        })
        .sleep('1s');
    },
    { maxRounds: 10 },
  )
  .step('x', ctx => {
    expectType<number>()(ctx.last.rounds);
    expectType<number>()(ctx.steps.poll.output.rounds);
  });
