import type { Unit } from '../../../common/format.ts';
import { encode } from '../../store/codec.ts';
import { HALF_A_CHARACTER, describeValue } from '../../workflow/errors.ts';
import { asOptions, rejectUnknown } from '../../workflow/options.ts';
import type { EffectCall } from './effects.ts';

/** SQLite compares keys in full: a longer text is data, not a key. */
const LONGEST_KEY = 1_000;

/** The arguments of `ctx.effect`. @throws TypeError, WorkflowError, NotDataError */
export function effectCall(key: unknown, perform: unknown, given: unknown): EffectCall {
  checkKey(key);
  const what = `ctx.effect(${describeValue(key)})`;
  if (typeof perform !== 'function')
    throw new TypeError(
      `${what} got ${describeValue(perform)} for its second argument. It is the function that does it: ` +
        `ctx.effect('mail 17', () => send(mail)).`,
    );
  const options = given === undefined ? {} : asOptions(given, `${what}: what it is given as options`);
  rejectUnknown(options, ['verify', 'params', 'unit', 'inDemo'], what);
  const { verify, params, unit, inDemo } = options;
  if (verify !== undefined && typeof verify !== 'function')
    throw new TypeError(`${what}: verify is ${describeValue(verify)}. It is a function of the key.`);
  if (inDemo !== undefined && typeof inDemo !== 'function')
    throw new TypeError(
      `${what}: inDemo is ${describeValue(inDemo)}. It is a function that returns what a demo has for a receipt.`,
    );
  if (unit !== undefined && !isUnit(unit))
    throw new TypeError(
      `${what}: unit is ${describeValue(unit)}. It is singular and plural, such as ['mail', 'mails'].`,
    );
  return {
    key,
    perform: perform as EffectCall['perform'],
    verify: verify as EffectCall['verify'],
    params: params === undefined ? undefined : encode(params, `the params of effect ${describeValue(key)}`),
    unit,
    inDemo: inDemo as EffectCall['inDemo'],
  };
}

function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key === '')
    throw new TypeError(
      `The key of an effect is ${describeValue(key)}. It is a text that names what is done: 'mail 17'.`,
    );
  if (!key.isWellFormed()) throw new TypeError(`The key of an effect is ${describeValue(key)}, ${HALF_A_CHARACTER}.`);
  if (key.length > LONGEST_KEY)
    throw new TypeError(
      `The key of an effect, ${describeValue(key)}, has ${key.length} characters. It has at most ${LONGEST_KEY}; give the rest as params.`,
    );
}

function isUnit(unit: unknown): unit is Unit {
  return (
    Array.isArray(unit) &&
    unit.length === 2 &&
    [...(unit as unknown[])].every(word => typeof word === 'string' && word !== '')
  );
}
