import { describeValue } from '../../workflow/errors.ts';
import { isPlain } from './plain.ts';
import { RerunError, type ValuePath } from './request.ts';

/**
 * A copy of an item with another value in one place. Only what stands around that place is copied, so that one object in two
 * places is changed in this one only.
 * @throws RerunError where there is no such place
 */
export function withValueAt(item: unknown, path: ValuePath, value: unknown): unknown {
  return within(item, path, value, '');
}

function within(of: unknown, [step, ...rest]: ValuePath, value: unknown, at: string): unknown {
  if (step === undefined) return value;
  const here = `${at}${stepText(step, at === '')}`;
  const inner = (there: unknown, isThere: boolean): unknown => {
    // What lies deeper has to be there; the value itself may be new.
    if (!isThere && rest.length > 0) throw new RerunError(`The item has no ${here}, so that nothing in it can be set.`);
    return within(there, rest, value, here);
  };
  if (Array.isArray(of)) {
    if (typeof step === 'number' && step < of.length) return of.with(step, inner(of[step], true));
    throw new RerunError(`The item has no ${here}: ${at || 'it'} is a list of ${of.length}, numbered from 0.`);
  }
  if (of instanceof Map) return new Map(of).set(step, inner(of.get(step), of.has(step)));
  if (isPlain(of)) {
    const key = String(step);
    const isThere = Object.hasOwn(of, key);
    const there: unknown = isThere ? Reflect.get(of, key) : undefined;
    const descriptor = { value: inner(there, isThere), enumerable: true, configurable: true, writable: true };
    // Not by assignment, which a member called `__proto__` would not survive.
    const all = { ...Object.getOwnPropertyDescriptors(of), [key]: descriptor };
    return Object.create(Object.getPrototypeOf(of) as object | null, all);
  }
  throw new RerunError(`The item can have no ${here}: ${at || 'it'} is ${describeValue(of)}.`);
}

function stepText(step: string | number, isFirst: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)) return `[${JSON.stringify(step)}]`;
  return isFirst ? step : `.${step}`;
}
