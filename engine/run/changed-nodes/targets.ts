import { describeValue } from '../../workflow/errors.ts';
import { nearest } from '../../workflow/nearest.ts';
import { RerunError } from '../rerun/request.ts';

/** The name that something is said to have now. @throws RerunError where the file has none of that name */
export function targetOf(to: string, names: readonly string[]): string {
  if (names.includes(to)) return to;
  const near = nearest(to, names);
  throw new RerunError(
    `The file has no node ${describeValue(to)}.${near === undefined ? '' : ` Did you mean ${describeValue(near)}?`}`,
  );
}
