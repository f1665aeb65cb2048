import { createRequire } from 'node:module';
import { debugRunner } from '../debug.ts';
import type { Attributes, Span, SpanError, Telemetry } from '../run/telemetry/span.ts';

/*
 * Spans for OpenTelemetry, where the user's project has set it up: its own `@opentelemetry/api` is used, and none of ours. The
 * few things that are used of it are described here, so that no type of ours needs the package.
 */

interface Api {
  readonly trace: {
    getTracer(name: string): { startSpan(name: string, options: { attributes: Attributes }, around: unknown): ApiSpan };
    setSpan(around: unknown, span: ApiSpan): unknown;
    getTracerProvider(): unknown;
  };
  readonly context: { active(): unknown; with(around: unknown, call: () => unknown): unknown };
  readonly SpanStatusCode: { readonly ERROR: number };
}

interface ApiSpan {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { readonly code: number; readonly message: string }): unknown;
  recordException(error: { readonly name: string; readonly message: string }): unknown;
  end(): void;
}

/** Where every version 1 of the API keeps what was registered with it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');
const FLUSH_WITHIN_MS = 5_000;

/** @param file The workflow file: the API is the one that it would import. @returns undefined where nothing is set up */
export function openTelemetryOf(file: string): Telemetry | undefined {
  const registered: unknown = Reflect.get(globalThis, REGISTERED);
  if (typeof registered !== 'object' || registered === null || !('trace' in registered)) return undefined;
  let api: Api;
  try {
    api = createRequire(file)('@opentelemetry/api') as Api;
  } catch (error) {
    // It was set up by something that has the API for itself, such as an agent.
    debugRunner('OpenTelemetry is set up, but %s has no @opentelemetry/api: %s', file, error);
    return undefined;
  }
  const tracer = api.trace.getTracer('cronflow');
  const begin = (name: string, attributes: Attributes, around: unknown): Span =>
    new OpenTelemetrySpan(api, tracer.startSpan(name, { attributes }, around), around, begin);
  return {
    begin: (name, attributes) => begin(name, attributes, api.context.active()),
    flush: () => flush(api),
  };
}

class OpenTelemetrySpan implements Span {
  readonly #api: Api;
  readonly #span: ApiSpan;
  /** What stands in this span begins in it. */
  readonly #context: unknown;
  readonly #begin: (name: string, attributes: Attributes, around: unknown) => Span;

  constructor(
    api: Api,
    span: ApiSpan,
    around: unknown,
    begin: (name: string, attributes: Attributes, around: unknown) => Span,
  ) {
    this.#api = api;
    this.#span = span;
    this.#context = api.trace.setSpan(around, span);
    this.#begin = begin;
  }

  child(name: string, attributes: Attributes): Span {
    return this.#begin(name, attributes, this.#context);
  }

  perform(call: () => unknown): unknown {
    return this.#api.context.with(this.#context, call);
  }

  end(attributes: Attributes, error?: SpanError): void {
    this.#span.setAttributes(attributes);
    if (error) {
      const { name, message } = error;
      this.#span.recordException({ name, message });
      this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message });
    }
    this.#span.end();
  }
}

/** The process of a run ends with the run: what a library still gathers would be lost. */
async function flush(api: Api): Promise<void> {
  const provider = api.trace.getTracerProvider();
  const behind = delegateOf(provider) ?? provider;
  if (typeof behind !== 'object' || behind === null || !('forceFlush' in behind)) return;
  const { forceFlush } = behind;
  if (typeof forceFlush !== 'function') return;
  const late = new Promise<void>(resolve => {
    setTimeout(resolve, FLUSH_WITHIN_MS).unref();
  });
  // What it could not send is said by the library itself, and is no fault of the run.
  const sent = Promise.resolve(forceFlush.call(behind)).then(
    () => undefined,
    (error: unknown) => debugRunner('spans could not be sent: %s', error),
  );
  await Promise.race([sent, late]);
}

/** The API hands out a proxy of what was registered. */
function delegateOf(provider: unknown): unknown {
  if (typeof provider !== 'object' || provider === null || !('getDelegate' in provider)) return undefined;
  return typeof provider.getDelegate === 'function' ? provider.getDelegate() : undefined;
}
