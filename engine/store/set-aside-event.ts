import { decode } from './codec.ts';
import { itemEvent } from './item-event.ts';
import { errorOf } from './json-line.ts';
import type { SetAsideLine } from './set-aside-queries.ts';

/** An item that is set aside, with its value. */
export function setAsideEvent(line: SetAsideLine): ReturnType<typeof itemEvent> {
  const { found, error, reason, who, at, value } = line;
  return itemEvent('set-aside', line, {
    value: decode(value) ?? null,
    found: found ?? null,
    error: error ? errorOf(error) : null,
    reason: reason ?? null,
    who: who ?? null,
    at: Math.round(at),
  });
}
