import { test } from 'vitest';
import { encode, decode } from '../../engine/store/codec.ts';
test('x', () => {
  const error = new Error('outer'); error.cause = new Error('inner', { cause: error });
  try { const t = encode(error, 'output'); console.log(t.slice(0,200)); console.log(decode(t)); } catch (e) { console.log('ERR', e); }
  const b: any = { buf: Buffer.from('x') }; b.self = b;
  console.log(decode(encode(b, 'o')));
  class Sub extends Error {}
  console.log(decode(encode(new Sub('x'), 'o')));
  console.log(decode(encode(new AggregateError([new Error('x')], 'm'), 'o')));
  const e3: any = new Error('x'); e3.fn = () => 1; e3.request = { socket: 1 };
  try { encode(e3, 'output') } catch (e) { console.log(String(e)) }
  try { console.log(encode(JSON.parse('{"__proto__": 1}'), 'output')) } catch (e) { console.log(String(e)) }
  console.log(decode(encode(new (class Arr extends Array {})(1,2), 'o')));
  try { console.log(decode(encode(new (class MyMap extends Map {})([[1,2]]), 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode({ [Symbol('x')]: 1 }, 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode(Object('x'), 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode(new DataView(new ArrayBuffer(2)), 'o'))); } catch (e) { console.log(String(e)) }
  const arr: any = [1]; arr.extra = 2;
  try { console.log(decode(encode(arr, 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode(new Response('x'), 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode(new Headers(), 'o'))); } catch (e) { console.log(String(e)) }
  try { console.log(decode(encode(new Array(5), 'o'))); } catch (e) { console.log(String(e)) }
  try { const s: any = []; s[4e9] = 1; console.log(decode(encode(s, 'o'))); } catch (e) { console.log(String(e)) }
  try { const s: any = []; s[1e6] = 1; console.log(decode(encode(s, 'o')).length); } catch (e) { console.log(String(e)) }
});
