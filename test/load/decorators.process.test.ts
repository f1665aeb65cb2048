import { describe, expect, test } from 'vitest';

import { flowReturning, Project } from './project.ts';

const experimental = (more: object = {}) =>
  JSON.stringify({ compilerOptions: { experimentalDecorators: true, ...more } });

/** What a decorator is given says which kind it is: a context, or the class and the member's name. */
const kindOf = `
  const seen: string[] = [];
  function kind(target: any, second: any, third?: any): any { seen.push(typeof second === 'object' ? second.kind + ' ' + String(second.name) : typeof target + ' ' + second); }
  class Job { @kind run(n: number) { return n + 1; } @kind size: number = 1; }
  new Job();`;

describe.concurrent('decorators', () => {
  test('are standard without a tsconfig.json and with one that says nothing of them', async () => {
    const project = new Project({
      'bare.ts': flowReturning('seen', kindOf),
      'sub/tsconfig.json': '{ "compilerOptions": { "strict": true } }',
      'sub/flow.ts': flowReturning('seen', kindOf),
      'old.cts': `${kindOf}\nconst { cronflow } = require('cronflow');\ncronflow.define({ id: 'flow', run: () => seen });`,
    });
    const standard = { value: ['method run', 'field size'] };
    expect(await project.run('bare.ts', 'sub/flow.ts', 'old.cts')).toEqual([standard, standard, standard]);
  });

  test('replace methods, fields and classes, and have `accessor` and initializers, as the standard says', async () => {
    const project = new Project({
      'flow.ts': flowReturning(
        '[new Job().run(1), new Job().doubled, new Plain().value, calls]',
        `
        const calls: string[] = [];
        function logged<T extends (...args: never[]) => unknown>(method: T, context: ClassMethodDecoratorContext): T {
          context.addInitializer(() => void calls.push('begin'));
          return function (this: unknown, ...args: never[]) { calls.push(\`call \${String(context.name)}\`); return method.apply(this, args); } as T;
        }
        const twice = (_: unknown, __: ClassFieldDecoratorContext) => (value: number) => value * 2;
        const named = (type: any, { name }: ClassDecoratorContext) => { calls.push('class ' + name); return type; };
        @named class Job { @logged run(n: number) { return n + 1; } @twice doubled = 4; }
        class Plain { accessor value = 7; }`,
      ),
    });
    expect(await project.valueOf('flow.ts')).toEqual([2, 8, 7, ['class Job', 'begin', 'call run', 'begin']]);
  });

  test('are of the kind before where `experimentalDecorators` is set, also by `extends`, with metadata where that is', async () => {
    const project = new Project({
      'tsconfig.json': experimental(),
      'flow.ts': flowReturning('seen', kindOf),
      'sub/tsconfig.json': '{ "extends": "../tsconfig.json", "compilerOptions": { "emitDecoratorMetadata": true } }',
      'sub/flow.ts': flowReturning(
        'types',
        `
        const types: unknown[] = [];
        Object.assign(Reflect, { metadata: (key: string, value: any) => () => void types.push([key, value.name ?? value.length]) });
        const mark = (...of: any[]): any => undefined;
        class Job { @mark run(n: number): string { return ''; } }
        Reflect.deleteProperty(Reflect, 'metadata');`,
      ),
    });
    expect(await project.run('flow.ts', 'sub/flow.ts')).toEqual([
      { value: ['object size', 'object run'].toReversed() },
      {
        value: [
          ['design:returntype', 'String'],
          ['design:paramtypes', 1],
          ['design:type', 'Function'],
        ],
      },
    ]);
  });

  test('with metadata are the same where no library takes it', async () => {
    const project = new Project({
      'tsconfig.json': experimental({ emitDecoratorMetadata: true }),
      'flow.ts': flowReturning('seen', kindOf),
    });
    expect(await project.valueOf('flow.ts')).toEqual(['object run', 'object size']);
  });

  test('leave the lines of the file as they are', async () => {
    const project = new Project({
      'flow.ts': `import { cronflow } from 'cronflow';
interface Gone { with: 'the types' }
const same = (value: any, context: DecoratorContext) => value;
class Job {
  @same
  run(): never {
    throw new Error('here');
  }
}
cronflow.define({ id: 'flow', name: 'Flow', run: () => new Job().run() });`,
    });
    const [ran] = await project.run('flow.ts');
    expect(ran?.top).toMatchObject({ file: project.path('flow.ts'), line: 7, column: 11 });
  });

  test('of parameters are told, with what they need; a tsconfig.json that cannot be read is', async () => {
    const project = new Project({
      'parameter.ts': 'const p = (...of: any[]): any => of;\nclass A {\n  constructor(@p value: number) {}\n}',
      'broken/tsconfig.json': '{ "extends": "./gone.json" }',
      'broken/flow.ts': 'const p = (...of: any[]): any => of;\n@p class A {}',
    });
    const [parameter, broken] = await project.explain('parameter.ts', 'broken/flow.ts');
    expect(parameter).toMatchObject({
      kind: 'syntax',
      line: 3,
      column: 15,
      message: expect.stringContaining(
        'parameter.ts:3:15 has a syntax error: Decorators of parameters are not standard: they need "experimentalDecorators": true in tsconfig.json.',
      ),
    });
    expect(broken?.message).toMatch(
      /broken\/tsconfig\.json, which says whether its decorators are standard, cannot be read: .*gone\.json/,
    );
  });

  test('make the tsconfig.json that says what they mean code of the workflow', async () => {
    const project = new Project({
      'tsconfig.json': experimental(),
      'flow.ts': flowReturning('seen', kindOf),
    });
    const { sources } = await project.load('flow.ts');
    expect(sources.map(({ path }) => path)).toContain(project.path('tsconfig.json'));
  });
});
