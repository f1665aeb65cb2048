/** A batch cannot be probed with the code as it is now. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
}
