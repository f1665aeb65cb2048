import { ToldError, type Told } from '../../common/told.ts';

export type StoreProblem =
  | 'missing'
  | 'replaced'
  | 'not-a-store'
  | 'damaged'
  | 'newer'
  | 'read-only'
  | 'full'
  | 'busy'
  | 'unreachable'
  /** A folder's own store lies behind a link. */
  | 'linked';

/** The store cannot be used: says which file, what is wrong with it, and what can be done. */
export class StoreError extends ToldError {
  override readonly name = 'StoreError';
  readonly problem: StoreProblem;
  readonly file: string;

  constructor(problem: StoreProblem, file: string, message: string | Told, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
    this.file = file;
  }
}
