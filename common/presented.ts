/** What a run has come to, as its author says it to people who do not code: the `present` of its workflow. */
export interface Presented {
  /** A sentence. */
  readonly headline?: string | undefined;
  /** Figures and short texts by their names. */
  readonly facts: readonly PresentedFact[];
}

export interface PresentedFact {
  readonly label: string;
  readonly value: string | number;
}
