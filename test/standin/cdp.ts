import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export type Params = Record<string, unknown>;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Chromium's debugging protocol over a pipe, which ends with either side: no browser is left behind, however we end.
 * Emits `browser`, or the id of a session, with a method and its parameters.
 */
export class Cdp extends EventEmitter {
  readonly #out: Writable;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  closed = false;

  constructor(out: Writable, input: Readable) {
    super();
    this.setMaxListeners(0);
    this.#out = out;
    let unread = '';
    input.setEncoding('utf8').on('data', (text: string) => {
      const messages = (unread + text).split('\0');
      unread = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Answer);
    });
    input.on('close', () => {
      this.closed = true;
      // Whatever still waits never settles, as in an app that is going away.
      this.#waiting.clear();
      this.emit('closed');
    });
    out.on('error', () => undefined);
  }

  async send<R = Params>(method: string, params: Params = {}, sessionId?: string): Promise<R> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    try {
      return (await answer.promise) as R;
    } catch (error) {
      throw new Error(`${method}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** For what need not be waited for, and may come too late. */
  tell(method: string, params: Params = {}, sessionId?: string): void {
    this.send(method, params, sessionId).catch(() => undefined);
  }

  #take({ id, method, params, sessionId, result, error }: Answer): void {
    if (id === undefined) {
      this.emit(sessionId ?? 'browser', method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}
