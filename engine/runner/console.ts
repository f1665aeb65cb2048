import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format } from 'node:util';
import { currentAttempt, type Attempt } from '../run/attempt.ts';
import type { LogLine } from '../store/records.ts';

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/** Methods whose text Node makes, with what it remembers for them: tables, the depth of groups, counts and timers. */
const MADE_BY_NODE = {
  table: 'info',
  dir: 'info',
  dirxml: 'info',
  group: 'info',
  groupCollapsed: 'info',
  groupEnd: 'info',
  count: 'info',
  countReset: 'warn',
  time: 'warn',
  timeLog: 'info',
  timeEnd: 'info',
  assert: 'warn',
} as const;

type Method = keyof typeof LEVELS | keyof typeof MADE_BY_NODE;

/** Sends what the author's code says through `console` to the log of the step that says it. */
export function captureConsole(say: (line: LogLine, attempt: Attempt | undefined) => void, now: () => number): void {
  // Steps run at the same time: the groups and timers of one are none of another's.
  const consoles = new WeakMap<object, Recorder>();
  const outside = {};
  for (const [method, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, string][]) {
    console[method] = (...values: unknown[]) => {
      const attempt = currentAttempt.getStore();
      const indent = consoles.get(attempt ?? outside)?.indent ?? '';
      const text = format(...values);
      say({ at: now(), level, text: indent === '' ? text : text.replace(/^/gm, indent) }, attempt);
    };
  }
  for (const [method, level] of Object.entries(MADE_BY_NODE) as [keyof typeof MADE_BY_NODE, string][]) {
    console[method] = (...values: unknown[]) => {
      const attempt = currentAttempt.getStore();
      const key = attempt ?? outside;
      const recorder = consoles.get(key) ?? new Recorder();
      consoles.set(key, recorder);
      const text = recorder.call(method, values);
      if (text !== '') say({ at: now(), level, text }, attempt);
    };
  }
}

/** A console of Node's that gives back what it would print. */
class Recorder {
  #text = '';
  readonly #console: Console;

  constructor() {
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#text += chunk.toString();
        done();
      },
    });
    this.#console = new Console({ stdout: sink, stderr: sink, colorMode: false });
  }

  call(method: Method, values: readonly unknown[]): string {
    this.#text = '';
    (this.#console[method] as (...values: unknown[]) => void)(...values);
    return this.#text.replace(/\n$/, '');
  }

  /** What stands before each line inside groups. */
  get indent(): string {
    return /^ */.exec(this.call('log', ['.']))?.[0] ?? '';
  }
}
