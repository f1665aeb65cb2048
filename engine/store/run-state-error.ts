/** The operation is not one for a run in this state. The message says what is. */
export class RunStateError extends Error {
  override readonly name = 'RunStateError';
}
