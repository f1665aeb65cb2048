import { ToldError } from '../../common/told.ts';

/** The operation is not one for a run in this state. The message says what is. */
export class RunStateError extends ToldError {
  override readonly name = 'RunStateError';
}
