import { callSite } from './callsite.ts';
import { describeValue, WorkflowError } from './errors.ts';
import { nearest } from './nearest.ts';

/** What `await`, JSON, and libraries that print or compare values look for in any object. */
const LOOKED_FOR = new Set(['then', 'catch', 'finally', 'toJSON', 'nodeType', 'tagName', 'asymmetricMatch', 'default']);

/**
 * The end of the prototype chain of what authors are handed: only a member that is not there is looked up in it. It throws
 * with the near name and the author's line, where JavaScript would say "… is not a function".
 * @param what How the author writes the object, such as `flow`.
 * @param known The members that there are. @default those of the object's own prototypes
 */
export function refusingUnknownMembers(what: string, known?: readonly string[]): object {
  return new Proxy(Object.prototype, {
    get(target, key, receiver: object) {
      if (typeof key === 'symbol' || key in target || LOOKED_FOR.has(key) || /^[$_@]/.test(key))
        return Reflect.get(target, key, receiver) as unknown;
      const names = known ?? membersOf(receiver);
      const near = nearest(key, names);
      throw new WorkflowError(
        `${what} has no member ${describeValue(key)}. ${near ? `Did you mean "${near}"?` : `It has ${names.join(', ')}.`}`,
        callSite(),
      );
    },
  });
}

function membersOf(object: object): string[] {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === null || prototype === Object.prototype) return [];
  const names = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { enumerable, value }]) => name !== 'constructor' && (value === undefined || !enumerable))
    .map(([name]) => name);
  return [...new Set([...names, ...membersOf(prototype)])];
}
