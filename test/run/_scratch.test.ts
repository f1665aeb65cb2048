import vm from 'node:vm';
import { test } from 'vitest';
import { define } from '../../engine/workflow/define.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { takeDefinitions } from '../../engine/workflow/registry.ts';
function mistake(source: string) {
  takeDefinitions();
  const script = vm.runInThisContext(`(cronflow, f) => {\n${source}\n}`, { filename: '/home/ann/flow.ts', lineOffset: -1 });
  try { script({ define }, () => 1); for (const d of takeDefinitions()) drawGraph(d); return 'NO ERROR'; } catch (e: any) { return `${e.name} @${e.at?.file}:${e.at?.line}:${e.at?.column} ${e.message}`; }
}
const F = "const flow = cronflow.define({ id: 'w' });\n";
test('x', () => {
  for (const s of [
    "flow.step('a', f)\n.step('a', f)", "flow.step('a', f)\n.if('a', f).endIf()", "flow.if('a', f)\n.elseIf('a', f).endIf()",
    "flow.else()", "flow.elseIf('x', f)", "flow.endIf()", "flow.if('x', f).else()\n.elseIf('y', f).endIf()", "flow.if('x', f).else()\n.else().endIf()",
    "flow.if('x', f)\n.step('a', f)", "flow.batch('b', {items: [], size: 1}, (b, fl) => {\nfl.if('x', f).step('a', f) })", "flow.while('w', f, fl => {\nfl.if('x', f).step('a', f) })",
    ...["0","-1","1.5","NaN","'10'","Infinity","null"].map(x => `flow.batch('b', { items: [], size: ${x} }, f)`), "flow.batch('b', { items: [] }, f)",
    "flow.batch('b', { items: [], size: 1, concurrency: 0 }, f)", "flow.forEach('b', [], f, { concurrency: 1.5 })",
    "flow.batch('b', { items: [], size: 1, concurency: 2 }, f)", "flow.batch('b', { items: [], size: 1, retries: 2 }, f)", "flow.batch('b', { items: [], size: 1, quux: 2 }, f)","flow.forEach('b', [], f, { size: 3 })",
    "flow.step('a', f, { retries: 3 })", "flow.step('a', f, { timout: 3 })", "flow.while('w', f, f, { maxRound: 3 })", "flow.step({ id: 'a', titel: 'x' }, f)",
    "flow.step('a', f).retry({ attempts: 0 })", "flow.step('a', f).retry({ attempt: 2 })", "flow.step('a', f).retry({ })", "flow.step('a', f).retry(3)","flow.step('a', f).retry({ attempts: 2, backoff: { strategy: 'expo' } })", "flow.step('a', f).retry({ attempts: 2, backoff: { delay: 'soon' } })","flow.step('a', f).retry({ attempts: 2, backoff: { multiplier: 0 } })","flow.step('a', f).retry({ attempts: 2, backoff: { jitter: 'yes' } })","flow.step('a', f).retry({ attempts: 2, retryOn: true })", "flow.step('a', f).retry({ attempts: 2, backoff: 'fixed' })",
    "flow.step('a', f)\n.timeout('soon')", "flow.step('a', f).timeout('-5s')","flow.step('a', f).timeout(-1)","flow.step('a', f).timeout(NaN)","flow.step('a', f).timeout()", "flow.step('a', f).timeout('')", "flow.step('a', f).timeout('x'.repeat(200))", "flow.step('a', f).timeout('30 days')", "flow.step('a', f).timeout(0)", "flow.step('a', f, { timeout: 'soon' })",
    "flow.batch('b', { items: [], size: 1 }, f)\n.onError(f)", "flow.forEach('b', [], f).retry({attempts: 2})", "flow.batch('b', { items: [], size: 1 }, f).timeout(1)","flow.batch('b', { items: [], size: 1 }, f).delay(1)",
    "flow.retry({ attempts: 2 })", "flow.onError(f)", "flow.timeout(1)", "flow.delay(1)", "flow.if('x', f).retry({ attempts: 2 })", "flow.if('x', f).step('a', f).endIf().retry({ attempts: 2 })","flow.if('x', f).step('a', f).else().retry({ attempts: 2 })", "flow.sleep(1).retry({ attempts: 2 })", "flow.while('w', f, f).retry({ attempts: 2 })", "flow.log('hi').onError(f)",
    "flow.step('a', f).onError('x')", 
    "flow.sleep('soon')", "flow.sleep()", "flow.sleep('nap', 'soon')", "flow.sleep('nap', {})", "flow.sleep('nap', undefined)", "flow.sleep(NaN)", "flow.sleep(f)",
    "flow.humanInTheLoop({})", "flow.step('a', f)\n.waitForEvent('x')", "flow.pause()", "flow.subflow('x')", "flow.cache({})",
    "flow.parallel([])", "flow.parallel({})", "flow.race('r', [])", "flow.parallel('p')", "flow.parallel('p', [f, 1])", "flow.parallel()", "flow.race({ a: f, b: 'x' })",
    ...["'200%'", "-1", "1.5", "'lots'", "'5'", "NaN", "true"].map(x => `flow.batch('b', { items: [], size: 1, tolerateFailures: ${x} }, f)`),
    "flow.batch('b', { items: [], size: 1, rateLimit: { items: 5 } }, f)", "flow.batch('b', { items: [], size: 1, rateLimit: { per: '1s' } }, f)", "flow.batch('b', { items: [], size: 1, rateLimit: { items: 5, per: 0 } }, f)", "flow.batch('b', { items: [], size: 1, rateLimit: { items: 0, per: 1 } }, f)", "flow.batch('b', { items: [], size: 1, rateLimit: 5 }, f)","flow.batch('b', { items: [], size: 1, rateLimit: { item: 5, per: 1 } }, f)",
    "flow.batch('b', { items: [], size: 1, onBatchError: 'halt' }, f)", "flow.batch('b', { items: [], size: 1, timeout: 'x' }, f)", "flow.batch('b', { items: [], size: 1, retry: { attempts: 0 } }, f)",
    "flow.batch('b', { size: 1 }, f)", "flow.batch('b', { items: undefined, size: 1 }, f)", "flow.batch('b', { items: [], size: 1 })", "flow.batch('b', f)", "flow.batch('b')", "flow.forEach('b', undefined, f)", "flow.forEach('b', [])", "flow.forEach('b', [], f, 3)",
    "flow.step('a')", "flow.step('', f)", "flow.step(f)", "flow.step(undefined, f)", "flow.step({ title: 'x' }, f)", "flow.step({ id: 'a', title: 3 }, f)", "flow.batch({ id: 'b', unit: 'film' }, { items: [], size: 1 }, f)", "flow.step({ id: 'a', explain: 'x' }, f)", "flow.if('x')", "flow.while('w', f)", "flow.while('w', true, f)", "flow.while('w', f, f, { maxRounds: 0 })", "flow.log('x', 'loud')", "flow.log()", "flow.cancel(3)", "flow.action('a', 'b')", "flow.onSchedule()", "flow.onWebhook(3)", "flow.step('a', f, 3)","flow.step('a', f, null)",
    "flow.forEach('b', [], (x, fl) => {\nfl.step('a', f)\n.step('a', f) })",
    "flow.if('x', f).elseIf('else', f).else().endIf()",
    "flow.step('a', f, {onError: 3})",
  ]) console.log(s.replaceAll('\n', ' ⏎ '), '\n    →', mistake(F + s));
  for (const s of ["cronflow.define()", "cronflow.define('x')", "cronflow.define({})", "cronflow.define({ id: ' ' })", "cronflow.define({ id: 'a', name: 3 })", "cronflow.define({ id: 'a', payload: {} })", "cronflow.define({ id: 'a' }); cronflow.define({ id: 'a' })"]) console.log(s, '\n    →', mistake(s));
});
