import { decode } from '../store/codec.ts';

/** What never changes about a run. */
export class RunFacts {
  /** Unique beyond this store. */
  readonly uid: string;
  /** What the idempotency keys of its steps begin with. */
  readonly keyBase: string;
  /** `ctx.run`. */
  readonly info: { readonly id: string; readonly workflowId: string; readonly isDemo: boolean };
  readonly #payloadText: string;
  #payload: { readonly value: unknown } | undefined;

  /** @param row.payload In the codec's text. */
  constructor(row: {
    readonly id: number;
    readonly uid: string;
    readonly workflow: string;
    readonly payload: string;
    readonly demo?: 0 | 1;
    /** Where it is a part of another run. @default Its uid */
    readonly keyBase?: string | undefined;
  }) {
    this.uid = row.uid;
    this.keyBase = row.keyBase ?? row.uid;
    this.info = Object.freeze({ id: String(row.id), workflowId: row.workflow, isDemo: row.demo === 1 });
    this.#payloadText = row.payload;
  }

  get isPayloadRead(): boolean {
    return this.#payload !== undefined;
  }

  /** Decoded when it is first read; then all steps get the same value. */
  get payload(): unknown {
    this.#payload ??= { value: decode(this.#payloadText) };
    return this.#payload.value;
  }
}
