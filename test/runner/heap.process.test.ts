import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { RUNNER_FLAGS } from '../../engine/runner/parent.ts';

const HEAP = new URL('../../engine/runner/heap.ts', import.meta.url).href;
const OFFER_GC = new URL('../../engine/load/offer-gc.ts', import.meta.url).href;

/** What a process that is started as a runner prints. */
function asRunner(program: string, flags = RUNNER_FLAGS): unknown {
  const printed = execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  return JSON.parse(printed);
}

const TAG = "const tag = () => (process.getBuiltinModule('node:v8')).cachedDataVersionTag();";

test('a runner takes the modules of Node as they come compiled: its flags leave their number as it is', () => {
  const own = `${TAG} console.log(tag());`;
  expect(asRunner(own)).toBe(asRunner(own, []));
});

test('what a runner writes to the compile cache at its end fits the start of the next', () => {
  const [before, while_, after] = asRunner(`
    ${TAG}
    const { keepHeapSmall } = await import('${HEAP}');
    const tags = [tag()];
    keepHeapSmall();
    tags.push(tag());
    process.on('exit', () => console.log(JSON.stringify([...tags, tag()])));
  `) as number[];
  expect(while_).not.toBe(before);
  expect(after).toBe(before);
});

test('gc is there for the code of an author: it frees memory, can be looked at and replaced', () => {
  const seen = asRunner(`
    const { offerGc } = await import('${OFFER_GC}');
    const before = typeof gc;
    offerGc();
    let big = Array.from({ length: 200_000 }, (_, at) => ({ at }));
    const weak = new WeakRef(big);
    big = undefined;
    await new Promise(resolve => setTimeout(resolve));
    gc();
    const isFreed = weak.deref() === undefined;
    const isSame = gc === globalThis.gc;
    globalThis.gc = () => 'mine';
    console.log(JSON.stringify({ before, isFreed, isSame, replaced: gc() }));
  `);
  expect(seen).toEqual({ before: 'undefined', isFreed: true, isSame: true, replaced: 'mine' });
});
