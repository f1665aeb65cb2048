import type { RunEvent, RunHandle, RunResult } from './types.ts';

/** A run did not begin. Its message says why and what to do. */
export class RunRefused extends Error {
  /** What kind of refusal it is: 'PayloadError', 'LoadError', 'RunStateError' and so on. */
  override readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly codeFrame: string | undefined;

  constructor(problem: {
    readonly name: string;
    readonly message: string;
    readonly file?: string | undefined;
    readonly line?: number | undefined;
    readonly codeFrame?: string | undefined;
  }) {
    super(problem.message);
    this.name = problem.name;
    this.file = problem.file;
    this.line = problem.line;
    this.codeFrame = problem.codeFrame;
  }
}

export interface Work {
  /** It has begun, and has this number. */
  readonly run: number;
  stop(as: 'paused' | 'cancelled', reason: string): void;
  /** Of a run that another process works on: looks at it no more, and leaves it to that. */
  readonly leave?: () => void;
  /** The result; rejects where the store cannot be read. */
  readonly done: Promise<RunResult>;
}

/** Begins the work, and says what happens in it. Rejects with RunRefused. */
export type Begin = (tell: (event: RunEvent) => void) => Promise<Work>;

interface Waiting {
  resolve(next: IteratorResult<RunEvent, undefined>): void;
  reject(error: unknown): void;
}

/** One iteration over the events. */
class Events implements AsyncIterableIterator<RunEvent, undefined> {
  readonly #past: RunEvent[] = [];
  readonly #onReturn: (events: Events) => void;
  #waiting: Waiting | undefined;
  #end: { readonly error?: unknown } | undefined;

  constructor(onReturn: (events: Events) => void) {
    this.#onReturn = onReturn;
  }

  push(event: RunEvent): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve({ done: false, value: event });
    // Whoever is slow gets the latest progress, and not each of them.
    else if (event.type === 'progress' && this.#past.at(-1)?.type === 'progress')
      this.#past[this.#past.length - 1] = event;
    else this.#past.push(event);
  }

  end(end: { readonly error?: unknown }): void {
    this.#end = end;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    if ('error' in end) waiting.reject(end.error);
    else waiting.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<RunEvent, undefined>> {
    const event = this.#past.shift();
    if (event) return Promise.resolve({ done: false, value: event });
    const end = this.#end;
    if (end)
      return 'error' in end ? Promise.reject(end.error as Error) : Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<RunEvent, undefined>> {
    this.#onReturn(this);
    this.end({});
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Begins at once, so that nothing has to be awaited for it to run. */
export function handleOf(begin: Begin, signal: AbortSignal | undefined): RunHandle {
  const listeners = new Set<Events>();
  let ended: { readonly error?: unknown } | undefined;
  let work: Work | undefined;
  let stop: { readonly as: 'paused' | 'cancelled'; readonly reason: string } | undefined;

  const ask = (as: 'paused' | 'cancelled', reason: string) => {
    stop ??= { as, reason };
    work?.stop(stop.as, stop.reason);
  };
  const onAbort = () => ask('cancelled', reasonOf(signal));
  const tell = (event: RunEvent) => {
    for (const events of listeners) events.push(event);
  };
  const end = (with_: { readonly error?: unknown }) => {
    ended = with_;
    signal?.removeEventListener('abort', onAbort);
    for (const events of listeners) events.end(with_);
    listeners.clear();
  };

  const beginning = (async () => {
    if (signal?.aborted)
      throw new RunRefused({ name: 'AbortError', message: `The run did not begin: ${reasonOf(signal)}.` });
    signal?.addEventListener('abort', onAbort, { once: true });
    work = await begin(tell);
    if (stop) work.stop(stop.as, stop.reason);
    return work;
  })();
  const done = (async () => {
    try {
      const result = await (await beginning).done;
      tell({ type: 'ended', result });
      end({});
      return result;
    } catch (error) {
      end({ error });
      throw error;
    }
  })();
  const started = beginning.then(({ run }) => run);
  // Whoever awaits the result, or the events, learns of it there.
  started.catch(() => undefined);

  return Object.assign(done, {
    started,
    pause: (reason = 'the program that started it has paused it') => ask('paused', reason),
    cancel: (reason = 'the program that started it has cancelled it') => ask('cancelled', reason),
    [Symbol.asyncIterator]: () => {
      // The result may be awaited by nobody else.
      done.catch(() => undefined);
      const events = new Events(left => listeners.delete(left));
      if (ended) events.end(ended);
      else listeners.add(events);
      return events;
    },
  });
}

function reasonOf(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason;
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
  return `its signal was aborted${text === '' ? '' : `: ${text}`}`;
}
