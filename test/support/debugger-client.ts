import { SourceMap } from 'node:module';

interface Frame {
  readonly callFrameId: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
}

/** A debugger as VS Code and Chrome are: it finds the author's lines by the source map of a script. */
export class DebuggerClient {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #scripts = new Map<string, Script>();
  readonly #paused: Frame[] = [];
  #onPaused: (() => void) | undefined;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Message));
  }

  static async attach(address: string): Promise<DebuggerClient> {
    const socket = new WebSocket(address);
    const client = new DebuggerClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`Nothing answers at ${address}`)));
    });
    await client.ask('Runtime.enable');
    await client.ask('Debugger.enable');
    return client;
  }

  async ask<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#asked;
    const answer = new Promise(resolve => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return (await answer) as T;
  }

  /** Lets the process go on, which waits for that, or has been stopped. */
  async goOn(): Promise<void> {
    await this.ask('Runtime.runIfWaitingForDebugger');
  }

  async resume(): Promise<void> {
    await this.ask('Debugger.resume');
  }

  async paused(): Promise<Frame> {
    while (this.#paused.length === 0)
      await new Promise<void>(resolve => {
        this.#onPaused = resolve;
      });
    return this.#paused.shift() as Frame;
  }

  /** The line of the author's file, from 1. */
  lineOf({ location: { scriptId, lineNumber, columnNumber } }: Frame): { url: string; line: number } {
    const entry = this.#mapOf(this.#scripts.get(scriptId)).findEntry(lineNumber, columnNumber);
    if (!('originalLine' in entry)) throw new Error(`No source of line ${lineNumber}.`);
    return { url: entry.originalSource, line: entry.originalLine + 1 };
  }

  /** Sets a breakpoint at a line of the author's file, from 1, which the source map must name. */
  async breakAt(url: string, line: number): Promise<void> {
    const script = [...this.#scripts.values()].find(other => other.url === url);
    const map = this.#mapOf(script);
    for (let lineNumber = 0; lineNumber < 1_000; lineNumber++)
      for (let columnNumber = 0; columnNumber < 120; columnNumber++) {
        const entry = map.findEntry(lineNumber, columnNumber);
        if (!('originalLine' in entry) || entry.originalLine !== line - 1 || entry.originalSource !== url) continue;
        await this.ask('Debugger.setBreakpointByUrl', { url, lineNumber, columnNumber });
        return;
      }
    throw new Error(`${url} has no code at line ${line}.`);
  }

  async evaluate(frame: Frame, expression: string): Promise<unknown> {
    const { callFrameId } = frame;
    const { result } = await this.ask<{ result: { value?: unknown } }>('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  /** Of the process, also while it waits to go on. */
  async pid(): Promise<number> {
    const { result } = await this.ask<{ result: { value: number } }>('Runtime.evaluate', { expression: 'process.pid' });
    return result.value;
  }

  close(): void {
    this.#socket.close();
  }

  #mapOf(script: Script | undefined): SourceMap {
    const text = Buffer.from(script?.sourceMapURL.split('base64,')[1] ?? '', 'base64').toString();
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  }

  #hear({ id, method, params, result }: Message): void {
    if (id !== undefined) {
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
    } else if (method === 'Debugger.scriptParsed') {
      const script = params as Script;
      this.#scripts.set(script.scriptId, script);
    } else if (method === 'Debugger.paused') {
      const [frame] = (params as { callFrames: Frame[] }).callFrames;
      if (frame) this.#paused.push(frame);
      this.#onPaused?.();
    }
  }
}
