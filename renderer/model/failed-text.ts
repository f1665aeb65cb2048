import { number } from '../../common/format.ts';
import { BatchStatus } from '../../common/status.ts';

/** More would be listened to by nobody. */
const MOST_PLACES = 12;

/** Where failures are, for somebody who does not see the map: `5 of 33 failed: batches 0, 10 to 11, 14 and 27`. */
export function failedText(statuses: Uint8Array, { failed, total }: { failed: number; total: number }): string {
  if (failed === 0) return `none of ${number(total)} failed`;
  const places: string[] = [];
  let named = 0;
  for (let at = statuses.indexOf(BatchStatus.failed); at >= 0 && places.length < MOST_PLACES;) {
    let last = at;
    while (statuses[last + 1] === BatchStatus.failed) last += 1;
    places.push(last === at ? number(at) : `${number(at)} to ${number(last)}`);
    named += last - at + 1;
    at = statuses.indexOf(BatchStatus.failed, last + 1);
  }
  const more = Math.max(0, failed - named);
  if (more > 0) places.push(`${number(more)} more`);
  const listed = places.length > 1 ? `${places.slice(0, -1).join(', ')} and ${places.at(-1)}` : (places[0] ?? '');
  return `${number(failed)} of ${number(total)} failed: ${failed === 1 ? 'batch' : 'batches'} ${listed}`;
}
