/** What is executed in a test, and what the steps before it have left. */
export interface BatchToExecute {
  /** The id of the workflow. The test imports its file. */
  readonly workflow: string;
  /** The id of the batch or forEach node. It stands in the workflow itself, or in a branch of it. */
  readonly node: string;
  /** The items of the batch. A forEach has one. */
  readonly items: readonly unknown[];
  /** What `ctx.payload` is. */
  readonly payload?: unknown;
  /** Outputs of the steps before the node, by name: what `ctx.steps[name].output` is. */
  readonly steps?: Readonly<Record<string, unknown>> | undefined;
  /** What `ctx.state` has. */
  readonly state?: Readonly<Record<string, unknown>> | undefined;
}

/** Executes the body of a batch node over items, and keeps nothing. */
export interface ExecuteBatch {
  /**
   * Executes the body of a batch node over items, in this process and with the code as it is. What its steps write into the state is
   * dropped, and nothing is stored. Delays, sleeps and retries are left out. It ends at the first `ctx.effect`, which is not executed.
   * What else the steps do outside is done.
   *
   * Returns what the last step of the body has returned. Rejects with the very error that a step throws.
   */
  (batch: BatchToExecute): Promise<unknown>;
}
