/** What becomes of stored work whose node is not in the file any more, or is another one: names or paths of nodes. */
export interface NodeAnswers {
  /** Nodes that have another name now. */
  readonly renamed?: readonly { readonly from: string; readonly to: string }[] | undefined;
  /** Nodes whose work is taken out of use. It stays on record. */
  readonly discard?: readonly string[] | undefined;
}
