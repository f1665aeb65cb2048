import { callSite } from './callsite.ts';
import { describeValue, WorkflowError } from './errors.ts';

type Method = (this: unknown, ...given: unknown[]) => unknown;

/**
 * Makes methods refuse arguments beyond those they take. JavaScript drops them without a word, and with them the options that
 * an author relies on: `.sleep('pause', '1s', { timeout: '2s' })`.
 * @param most Of each method, how many arguments it takes at most.
 */
export function refuseSurplusArguments(prototype: object, most: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(most)) {
    const method = Reflect.get(prototype, name) as Method;
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value: function (this: unknown, ...given: unknown[]): unknown {
        if (given.length > count) throw tooMany(name, count, given);
        return method.apply(this, given);
      } satisfies Method,
    });
  }
}

function tooMany(name: string, count: number, given: readonly unknown[]): WorkflowError {
  const takes = count === 0 ? 'no argument' : `at most ${count} argument${count === 1 ? '' : 's'}`;
  const surplus = given.slice(count).map(shown).join(' and ');
  return new WorkflowError(`${name}() takes ${takes}: ${surplus} would have no effect. Take it out.`, callSite());
}

/** An object is most likely one of options: their names say best what the author wanted. */
function shown(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? `{ ${Object.keys(value).join(', ')} }` : describeValue(value);
}
