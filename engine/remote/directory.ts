/** What a worker says of itself, once a second. */
export interface WorkerCard {
  /** Its mailbox. */
  readonly address: string;
  /** Raised each time: whether a worker is alive is judged by that, and not by the clock of another machine. */
  readonly beat: number;
  /** Version of the protocol that it speaks. */
  readonly protocol: number;
  readonly host: string;
  readonly pid: number;
  /** In milliseconds since 1970, by its own clock. */
  readonly startedAt: number;
  /** The workflows of its folder, and the hash of the code of each. */
  readonly workflows: readonly { readonly workflow: string; readonly code: string }[];
  /** How many batches it executes at a time. */
  readonly concurrency: number;
  readonly inFlight: number;
  readonly stepsPerSecond: number;
  /** Of the worker and its processes. */
  readonly memoryBytes: number;
  /** It finishes what it has, and takes nothing new. */
  readonly isDraining: boolean;
}

/** Where workers are found. What stands there is a hint: who is alive is decided by what is heard of it. */
export interface Directory {
  /** Puts the card of this worker there, or renews it: also after the server has lost all it had. */
  announce(card: WorkerCard): Promise<void>;
  withdraw(address: string): Promise<void>;
  /** All cards, also those of workers that are gone and could not withdraw. */
  list(): Promise<readonly WorkerCard[]>;
}
