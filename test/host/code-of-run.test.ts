import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { planRerun } from '../../host/runs/run-plans.ts';
import { Store } from '../../host/store/store.ts';
import { codeOfRun, type KnownCode } from '../../host/workspace/code-of-run.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

const graph = drawGraph(workflow(flow => flow.step('do', () => 1)));
const item = { run: 1, file: 'flow.ts', workflow: 'test' };
const CODE = "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'test' }).step('do', () => 1);\n";

function folderWith(files: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const known = new Map<string, { graphs: (typeof graph)[]; problem: undefined | { name: string; message: string } }>();
  const code: KnownCode = {
    folder,
    storeFile: path.join(folder, '.cronflow', 'runs.db'),
    files: known,
    fileOf: id => [...known].find(([, { graphs }]) => graphs.some(other => other.id === id))?.[0],
  };
  const defines = (name: string, graphs: (typeof graph)[], message?: string) =>
    known.set(path.join(folder, name), {
      graphs,
      problem: message === undefined ? undefined : { name: 'Error', message },
    });
  return { folder, code, defines };
}

test('the workflow of a run is the one of its file, also where another file has one of that name', async () => {
  const { code, defines } = folderWith({ 'flow.ts': CODE, 'copy.ts': CODE });
  defines('flow.ts', [graph]);
  defines('copy.ts', [{ ...graph, name: 'copy' }]);
  expect(await codeOfRun(code, item)).toEqual({ kind: 'drawn', graph });
});

test('of a file that was moved or renamed, it is in the one file that defines it', async () => {
  const { folder, code, defines } = folderWith({ 'flow.ts': CODE });
  mkdirSync(path.join(folder, 'sub'));
  renameSync(path.join(folder, 'flow.ts'), path.join(folder, 'sub', 'other.ts'));
  expect(await codeOfRun(code, item)).toMatchObject({
    kind: 'missing',
    problem: { message: expect.stringContaining('The workflow file of run 1 is gone') as string },
  });
  defines('sub/other.ts', [graph]);
  expect(await codeOfRun(code, item)).toEqual({ kind: 'drawn', graph });
});

test('as long as the files are not known it is unknown; what is no file is refused all the same', async () => {
  const { folder, code, defines } = folderWith({ 'flow.ts': CODE });
  defines('flow.ts', [graph]);
  const asYet = { ...code, files: undefined };
  expect(await codeOfRun(asYet, item)).toEqual({ kind: 'unknown' });
  // It may have been moved to a file that is yet to be looked at.
  expect(await codeOfRun(asYet, { ...item, file: 'gone.ts' })).toEqual({ kind: 'unknown' });
  symlinkSync('/dev/null', path.join(folder, 'device.ts'));
  expect(await codeOfRun(asYet, { ...item, file: 'device.ts' })).toMatchObject({
    kind: 'missing',
    problem: { message: expect.stringContaining('is a device or a pipe, not a file') as string },
  });
});

test('that its file does not define any more, or that does not load, is missing, for the reason', async () => {
  const { code, defines } = folderWith({ 'flow.ts': CODE });
  defines('flow.ts', [{ ...graph, id: 'renamed' }]);
  const problem = (message: string) => ({
    kind: 'missing',
    problem: { message: expect.stringContaining(message) as string },
  });
  expect(await codeOfRun(code, item)).toMatchObject(problem('flow.ts has no workflow "test". It has renamed.'));
  defines('flow.ts', []);
  expect(await codeOfRun(code, item)).toMatchObject(problem('flow.ts has no workflow "test". It has none.'));
  defines('flow.ts', [], 'flow.ts:3: Unexpected token');
  expect(await codeOfRun(code, item)).toMatchObject(problem('flow.ts:3: Unexpected token'));
});

test('in a file that is no workflow file any more it is missing, and in one that lies elsewhere it is not known', async () => {
  const { folder, code } = folderWith({ 'flow.ts': 'export const nothing = 1;\n' });
  expect(await codeOfRun(code, item)).toMatchObject({ kind: 'missing' });
  writeFileSync(path.join(folder, 'flow.ts'), CODE);
  expect(await codeOfRun(code, item)).toEqual({ kind: 'unknown' });
});

test('the plan of a re-run whose workflow is missing is refused, as the re-run is', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.step('do', () => {
        throw new Error('no');
      }),
    ),
  );
  const store = new Store(bench.file, '/');
  onTestFinished(() => store.close());
  const problem = { name: 'ChoiceError', message: 'flow.ts has no workflow "test".' };
  expect(
    await planRerun(
      store,
      run,
      () => Promise.resolve({ batches: 'failed' }),
      () => Promise.resolve({ kind: 'missing', problem }),
    ),
  ).toEqual({ ok: false, problem });
});
