import { Worker } from 'node:worker_threads';
import { nativeModuleError } from '../../engine/native-module.ts';
import { ownFile } from '../../engine/own-file.ts';
import { LONG, SLOW, type OperationArgs, type OperationName, type OperationResult } from './operations.ts';
import type { Answer, AnsweredError } from './dispatch.ts';
import type { Request, ThreadData } from './thread.ts';

/** An operation on the store failed, for a reason that can be shown; `defect` tells one that nobody foresaw. */
export class OperationError extends Error {
  override readonly name: string;
  readonly defect: string | undefined;
  readonly changed: AnsweredError['changed'];

  constructor({ name, message, defect, changed }: AnsweredError) {
    super(message);
    this.name = name;
    this.defect = defect;
    this.changed = changed;
  }
}

/** What a store needs of the thread that answers. */
export interface StoreThread {
  postMessage(request: Request, transfer: never[]): void;
  on(event: 'message', listener: (answer: Answer) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

function startThread(data: ThreadData): StoreThread {
  const thread = new Worker(ownFile('host/store/thread'), { workerData: data, name: 'cronflow-store' });
  thread.unref();
  return thread;
}

/** The store of a workspace as the host sees it: every answer comes from another thread. */
export class Store {
  readonly file: string;
  readonly folder: string;
  /** A person has named the file: only then may it lie behind a link. */
  readonly isNamed: boolean;
  readonly #quick: WorkerQueue;
  readonly #slow: WorkerQueue;
  readonly #long: WorkerQueue;

  constructor(file: string, folder: string, start = startThread, isNamed = false) {
    this.file = file;
    this.folder = folder;
    this.isNamed = isNamed;
    this.#quick = new WorkerQueue(() => start({ file, folder, isNamed }));
    this.#slow = new WorkerQueue(() => start({ file, folder, isNamed }));
    this.#long = new WorkerQueue(() => start({ file, folder, isNamed }));
  }

  /** @throws OperationError */
  async do<N extends OperationName>(name: N, args: OperationArgs<N>): Promise<OperationResult<N>> {
    const queue = LONG.has(name) ? this.#long : SLOW.has(name) ? this.#slow : this.#quick;
    const result = (await queue.do(name, args)) as OperationResult<N>;
    // It takes a quarter of a second of processor to begin: better now than when a run is looked at.
    this.#slow.begin();
    return result;
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#slow.close(), this.#long.close()]);
  }
}

interface Call {
  readonly request: Request;
  /** The same for calls that ask for the same. */
  readonly key: string;
  readonly result: PromiseWithResolvers<unknown>;
}

/** One thread and the calls that wait for it. The same question asked again before its turn has come is answered once. */
class WorkerQueue {
  readonly #start: () => StoreThread;
  #thread: StoreThread | undefined;
  #waiting: Call[] = [];
  #current: Call | undefined;
  #closed = false;

  constructor(start: () => StoreThread) {
    this.#start = start;
  }

  do(name: OperationName, args: unknown): Promise<unknown> {
    if (this.#closed)
      return Promise.reject(new OperationError({ name: 'ClosedError', message: 'The workspace has been closed.' }));
    const key = `${name} ${JSON.stringify(args)}`;
    const same = this.#waiting.find(call => call.key === key);
    if (same) return same.result.promise;
    const call: Call = { request: { name, args }, key, result: Promise.withResolvers() };
    this.#waiting.push(call);
    this.#next();
    return call.result.promise;
  }

  /** Starts its thread, if it has none: whoever asks first need not wait for that. */
  begin(): void {
    if (!this.#closed) this.#running();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const error = new OperationError({ name: 'ClosedError', message: 'The workspace has been closed.' });
    for (const call of this.#waiting.splice(0)) call.result.reject(error);
    this.#current?.result.reject(error);
    await this.#thread?.terminate();
  }

  #next(): void {
    if (this.#current) return;
    this.#current = this.#waiting.shift();
    if (this.#current) this.#running().postMessage(this.#current.request, []);
  }

  #running(): StoreThread {
    if (this.#thread) return this.#thread;
    const thread = this.#start();
    thread.on('message', answer =>
      this.#end(call =>
        answer.ok ? call.result.resolve(answer.value) : call.result.reject(new OperationError(answer.error)),
      ),
    );
    // The next call starts another one.
    const lost = (why: string) => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#end(call =>
        call.result.reject(
          new OperationError({ name: 'StoreThreadError', message: `The store could not be read: ${why}`, defect: why }),
        ),
      );
    };
    thread.on('error', error => lost(nativeModuleError(error)?.message ?? error.message));
    thread.on('exit', code => {
      if (!this.#closed) lost(`its thread ended with code ${code}`);
    });
    this.#thread = thread;
    return thread;
  }

  #end(settle: (call: Call) => void): void {
    const call = this.#current;
    this.#current = undefined;
    if (call) settle(call);
    if (!this.#closed) this.#next();
  }
}
