import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findModuleVariables } from '../../engine/load/module-variables/find-variables.ts';
import type { SourceFile } from '../../engine/load/sources.ts';

/*
 * Which variables of modules are told of before batches run in workers: only those by which such a run would come to something
 * else. The places of nodes are what V8 says in a stack; test/workers/module-variables.process.test.ts has real ones.
 */

const FOLDER = '/project';

/** The names that are found in a file flow.ts, and in others. Methods of `cronflow` are where the text has them. */
function found(flow: string, others: Readonly<Record<string, string>> = {}): string[] {
  const all = { 'flow.ts': `import { cronflow } from 'cronflow';\n${flow}`, ...others };
  const sources = Object.entries(all).map(([name, text]): SourceFile => ({
    path: path.join(FOLDER, name),
    text,
    hash: '',
  }));
  return findModuleVariables(sources, {
    inWorkers: placesOf(all['flow.ts'], /\.(batch)\(/g),
    inRunner: placesOf(
      all['flow.ts'].replaceAll(/^ {6}.*$/gm, line => ' '.repeat(line.length)),
      /\.(step|forEach)\('/g,
    ),
  }).map(({ name, at }) => `${name} ${path.basename(at.file)}:${at.line}:${at.column}`);
}

function placesOf(text: string, method: RegExp) {
  return [...text.matchAll(method)].map(({ index }) => {
    const before = text.slice(0, index + 1).split('\n');
    return { file: path.join(FOLDER, 'flow.ts'), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  });
}

/** A workflow whose batch in workers has a step of this body. */
const batch = (body: string, before = '') => `
${before}
cronflow.define({ id: 'a' })
  .batch('work', { items: [1, 2], size: 1, workers: 2 }, (items, flow) => {
    flow.step('one', async ctx => { ${body} });
  });`;

describe('a variable is told of', () => {
  test.each([
    ['let made = 0;', 'made += 1;'],
    ['let made = 0;', 'made++; return made;'],
    ['let made: number = 0;', '[made] = [made + 1];'],
    ['var made = 0;', 'made = items.length;'],
    ['export let made = 0;', 'for (made of items);'],
    ['let made = false;', 'if (!made) { made = true; }'],
    ['const made: string[] = [];', 'made.push("a");'],
    ['const made = new Set<string>();', 'made.add("a");'],
    ['const made = new Map<string, number>();', 'made.set("a", (made.get("a") ?? 0) + 1);'],
    ['const made = { count: 0 };', 'made.count++;'],
    ['const made: Record<string, number> = {};', 'made["a"] = made["a"] + 1;'],
    ['let made = 0; const add = () => { made++; };', 'add();'],
    ['let made = 0; function add() { other(); } function other() { made++; }', 'add();'],
    ['let made = 0; class Counter { add() { made++; } } const counter = new Counter();', 'counter.add();'],
    ['let made = 0; const tools = { add() { made++; } };', 'tools.add();'],
    ['let made = 0; const add = once(() => { made++; });', 'add();'],
  ])('that a batch changes: %s … %s', (before, body) => {
    expect(found(batch(body, before))).toEqual([expect.stringMatching(/^made flow\.ts:3:/)]);
  });

  test('that a step outside of the batch sets and the batch reads', () => {
    const flow = `
let rates: number[] | undefined;
cronflow.define({ id: 'a' })
  .step('read', async () => { rates = await fetchRates(); })
  .batch('work', { items: [1], size: 1, workers: 2 }, ([item], flow) => {
      flow.step('one', () => item * rates[0]);
  });`;
    expect(found(flow)).toEqual(['rates flow.ts:3:5']);
  });

  test('that a function of another file changes, whichever way it is exported and imported', () => {
    const lib = 'let made = 0;\nexport function add() { made++; }\nexport default add;\n';
    const cases: [string, string][] = [
      ["import { add } from './lib.ts';", 'add();'],
      ["import { add as more } from './lib.ts';", 'more();'],
      ["import add from './lib.ts';", 'add();'],
      ["import * as lib from './lib.ts';", 'lib.add();'],
      ["import { add } from './index.ts';", 'add();'],
      ["import { plus } from './named.ts';", 'plus();'],
    ];
    const others = {
      'lib.ts': lib,
      'index.ts': "export * from './lib.ts';",
      'named.ts': "export { add as plus } from './lib.ts';",
    };
    for (const [before, body] of cases) expect(found(batch(body, before), others)).toEqual(['made lib.ts:1:5']);
  });

  test('where the body of the batch is a function with a name', () => {
    expect(
      found(`
let made = 0;
function work(items: number[], flow: Flow) {
  flow.step('one', () => { made++; });
}
cronflow.define({ id: 'a' }).batch('work', { items: [1], size: 1, workers: 2 }, work);`),
    ).toEqual(['made flow.ts:3:5']);
  });
});

describe('nothing is said', () => {
  test.each([
    ['of a name of the function itself', 'let made = 0;', 'let made = 1; made++;'],
    ['of a parameter of that name', 'let made = 0;', 'items.forEach((made) => { made++; });'],
    [
      'of a variable that is set while the file is loaded',
      'let made = 0; made = 5; for (const n of [1]) made += n;',
      'return made;',
    ],
    [
      'of one that a function sets that only the file calls',
      'let made = 0; function load() { made = 5; } load();',
      'return made;',
    ],
    [
      'of one that a callback sets while the file is loaded',
      'let made = 0; [1].forEach(n => { made += n; });',
      'return made;',
    ],
    [
      'of a constant',
      'const made = 5; const names = ["a"]; const rates = new Map([["a", 1]]);',
      'return rates.get(names[0]) * made;',
    ],
    ['of a type', 'let made = 0; function add() { made++; }', 'const a = 1 as typeof made; type Add = typeof add;'],
    ['of a property of that name', 'let made = 0; const seen: number[] = [];', 'ctx.made = 1; ctx.seen.push(1);'],
    [
      'of a connection that is opened when it is needed',
      'let client: Client | undefined;',
      'client ??= connect(); client.send(items);',
    ],
    [
      'of one that is opened after a question',
      'let client: Client | undefined;',
      'if (!client) client = connect(); client.send(items);',
    ],
    [
      'of one that is returned early',
      'let client: Client; function get() { if (client) return client; client = connect(); return client; }',
      'get();',
    ],
    ['of one that is closed', 'let client: Client | undefined = connect();', 'client.close(); client = undefined;'],
    [
      'of a cache',
      'const pages = new Map<string, string>();',
      'let page = pages.get("a"); if (!page) { page = "b"; pages.set("a", page); }',
    ],
    ['of a list that a function sorts', 'const rows = [3, 1];', 'return rows.toSorted();'],
    ['of a file that does not parse here', 'let made = 0; let made = 1;', 'made++;'],
  ])('%s', (_, before, body) => {
    expect(found(batch(body, before))).toEqual([]);
  });

  test('of what only the process of the run has: other steps, the items, and batches without workers', () => {
    const flow = `
let started = 0;
let count = 0;
let seen = 0;
cronflow.define({ id: 'a' })
  .step('begin', () => { started = Date.now(); })
  .batch('work', { items: () => { count += 1; return [count]; }, size: 1, workers: 2 }, ([item], flow) => {
      flow.step('one', () => item);
  })
  .forEach('each', { items: [1] }, ([item], flow) => {
      flow.step('two', () => { seen += 1; });
  })
  .step('end', () => Date.now() - started);`;
    expect(found(flow)).toEqual([]);
  });

  test('of a workflow none of whose batches run in workers', () => {
    const text = batch('made++;', 'let made = 0;').replace('.batch(', '.forEach(');
    expect(found(text)).toEqual([]);
  });
});
