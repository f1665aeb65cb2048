/** A queue cannot be used: the message says which, why, and what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}
