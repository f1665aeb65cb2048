import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WorkflowFiles } from '../../host/workspace/workflow-files.ts';
import type { Inspection } from '../../host/workspace/workflow-loader.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Which files of a folder define workflows: with real files, and a loader whose findings the test decides. */

const FLOW = `import { cronflow } from 'cronflow';\ncronflow.define({ id: 'films' });\n`;

class Loader {
  readonly asked: string[] = [];
  readonly #findings = new Map<string, Inspection>();
  /** Holds the next inspection until the test opens it. */
  held: Promise<void> | undefined;

  defines(file: string, ids: readonly string[], files: readonly string[] = []): void {
    const graphs = ids.map(id => ({ id, name: id, triggers: [], nodes: [] }));
    this.#findings.set(file, { ok: true, graphs, files, code: '', also: 0 });
  }

  fails(file: string, message: string): void {
    this.#findings.set(file, { ok: false, problem: { name: 'ImportError', message } });
  }

  async inspect(file: string): Promise<Inspection> {
    this.asked.push(path.basename(file));
    const finding = this.#findings.get(file);
    await this.held;
    if (!finding) throw new Error(`nobody said what ${file} defines`);
    return finding;
  }
}

async function opened(
  files: Readonly<Record<string, string>>,
  prepare: (loader: Loader, at: (name: string) => string) => void,
) {
  const folder = realpathSync(temporaryFolder());
  const at = (name: string) => path.join(folder, name);
  const write = (name: string, text: string) => writeFileSync(at(name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const loader = new Loader();
  prepare(loader, at);
  const guard = { isTrusted: true };
  let changes = 0;
  const found = new WorkflowFiles({
    folder,
    guard,
    loader,
    onChange: () => {
      changes += 1;
    },
  });
  onTestFinished(() => found.close());
  await found.find();
  const shown = () =>
    Object.fromEntries(
      [...found.known].map(([file, { graphs, problem }]) => [
        path.basename(file),
        `${graphs.map(({ id }) => id).join(' ')}${problem ? `! ${problem.message}` : ''}`,
      ]),
    );
  const all = async () => {
    found.lookAtAll();
    await found.loaded();
    return shown();
  };
  const change = async () => {
    await found.lookNow();
    await found.loaded();
    return shown();
  };
  return { at, write, loader, guard, found, shown, all, change, changes: () => changes };
}

test('a file is loaded only where its text imports the value cronflow', async () => {
  const { loader, all } = await opened(
    {
      'films.ts': FLOW,
      'types.ts': `import type { Workflow } from 'cronflow';\nexport const x: Workflow | undefined = undefined;\n`,
      'server.ts': `throw new Error('not to be executed');`,
    },
    (given, at) => given.defines(at('films.ts'), ['films']),
  );
  expect(await all()).toEqual({ 'films.ts': 'films' });
  expect(loader.asked).toEqual(['films.ts']);
});

test('in a folder that is not trusted, files are named and none is loaded', async () => {
  const { loader, guard, all } = await opened({ 'films.ts': FLOW }, (given, at) =>
    given.defines(at('films.ts'), ['films']),
  );
  guard.isTrusted = false;
  expect(await all()).toEqual({ 'films.ts': '' });
  expect(loader.asked).toEqual([]);
  guard.isTrusted = true;
  expect(await all()).toEqual({ 'films.ts': 'films' });
});

test('a file that does not parse has a problem, with its line, and is not loaded', async () => {
  const { at, loader, found, all } = await opened({ 'films.ts': `${FLOW}const = 1;\n` }, () => undefined);
  await all();
  expect(found.known.get(at('films.ts'))?.problem).toMatchObject({ file: at('films.ts'), line: 3 });
  expect(loader.asked).toEqual([]);
});

test('a file that imports cronflow and defines no workflow is a helper, and is left out', async () => {
  const { all } = await opened({ 'steps.ts': FLOW }, (given, at) =>
    given.fails(at('steps.ts'), 'steps.ts defines no workflow.'),
  );
  expect(await all()).toEqual({});
});

test('a file with a problem keeps the workflows of its last version, and is loaded again at any change', async () => {
  const { at, write, loader, all, change } = await opened({ 'films.ts': FLOW }, (given, file) =>
    given.defines(file('films.ts'), ['films']),
  );
  await all();
  loader.fails(at('films.ts'), 'helper.ts is missing');
  write('films.ts', `${FLOW}// 2`);
  expect(await change()).toEqual({ 'films.ts': 'films! helper.ts is missing' });
  loader.defines(at('films.ts'), ['films', 'more']);
  write('helper.ts', '// here it is');
  expect(await change()).toEqual({ 'films.ts': 'films more' });
});

test('a file is loaded again when one that it was loaded from changes, and no other is', async () => {
  const { at, write, loader, found, all, change } = await opened(
    { 'films.ts': FLOW, 'shop.ts': FLOW, 'clean.ts': '// 1' },
    (given, file) => {
      given.defines(file('films.ts'), ['films'], [file('clean.ts')]);
      given.defines(file('shop.ts'), ['shop']);
    },
  );
  await all();
  expect([at('clean.ts'), at('films.ts'), at('other.ts')].map(file => found.isSource(file))).toEqual([
    true,
    true,
    false,
  ]);
  loader.asked.length = 0;
  write('clean.ts', '// 2');
  await change();
  expect(loader.asked).toEqual(['films.ts']);
});

test('a file that changes while it is loaded is loaded once more, and shown as it is in the end', async () => {
  const { at, write, loader, found, shown, all, changes } = await opened({ 'films.ts': FLOW }, (given, file) =>
    given.defines(file('films.ts'), ['first']),
  );
  const hold = Promise.withResolvers<void>();
  loader.held = hold.promise;
  const looking = all();
  await expect.poll(() => loader.asked).toEqual(['films.ts']);
  for (const text of ['// 2', '// 3']) {
    write('films.ts', FLOW + text);
    await found.lookNow();
  }
  loader.defines(at('films.ts'), ['last']);
  loader.held = undefined;
  hold.resolve();
  await looking;
  expect([shown(), loader.asked.length, changes()]).toEqual([{ 'films.ts': 'last' }, 2, 1]);
});

test('a file that is gone is left out', async () => {
  const { at, all, change } = await opened({ 'films.ts': FLOW }, (given, file) =>
    given.defines(file('films.ts'), ['films']),
  );
  await all();
  rmSync(at('films.ts'));
  expect(await change()).toEqual({});
});

test('a loader that throws makes a problem of that file, and the others are loaded', async () => {
  const { all } = await opened({ 'films.ts': FLOW, 'shop.ts': FLOW }, (given, at) =>
    given.defines(at('shop.ts'), ['shop']),
  );
  expect(await all()).toEqual({ 'films.ts': expect.stringContaining('! nobody said'), 'shop.ts': 'shop' });
});

test('an empty folder has been looked at, at once', async () => {
  const { all, found } = await opened({}, () => undefined);
  expect([await all(), found.isLoading]).toEqual([{}, false]);
});
