/* What a run tells a tracing library: spans, which have begun and end, and stand in each other. */

export type Attributes = Readonly<Record<string, string | number>>;

export interface SpanError {
  readonly name: string;
  readonly message: string;
}

export interface Span {
  /** Begins a span inside this one. */
  child(name: string, attributes: Attributes): Span;
  /** Calls what belongs to the span: spans that other libraries begin meanwhile stand in it. */
  perform(call: () => unknown): unknown;
  end(attributes: Attributes, error?: SpanError): void;
}

/** A tracing library that the user's project has set up. */
export interface Telemetry {
  begin(name: string, attributes: Attributes): Span;
  /** Resolves when what has ended is sent. */
  flush(): Promise<void>;
}
