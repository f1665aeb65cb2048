/*
 * A moment as JSON has it, in UTC, and as the input of a browser has it, in the time zone of whoever types it. The input has
 * no fractions of seconds and no offset: a moment that is written with them is typed as it is.
 */

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What an `<input type="datetime-local">` shows; undefined where it cannot show all of it. */
export function localTime(moment: string): string | undefined {
  if (moment === '') return '';
  const at = new Date(moment);
  if (!UTC.test(moment) || Number.isNaN(at.getTime()) || fromLocalTime(inputText(at)) !== moment) return undefined;
  return inputText(at);
}

/** The moment that was typed there: `2026-01-31T08:00:00Z`. */
export function fromLocalTime(typed: string): string {
  const at = new Date(typed);
  return Number.isNaN(at.getTime()) ? typed : `${at.toISOString().slice(0, 19)}Z`;
}

function inputText(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
