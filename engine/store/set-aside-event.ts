import { decode } from './codec.ts';
import { errorOf } from './json-line.ts';
import type { SetAsideLine } from './set-aside-queries.ts';

/** An item that is set aside, with its value. */
export function setAsideEvent(line: SetAsideLine): object {
  const { node, batch, around, item, position, label, found, error, reason, who, at, value } = line;
  return {
    event: 'set-aside',
    node,
    batch,
    ...(around.length > 0 && { around }),
    item,
    position,
    label: label ?? null,
    value: decode(value) ?? null,
    found: found ?? null,
    error: error ? errorOf(error) : null,
    reason: reason ?? null,
    who: who ?? null,
    at: Math.round(at),
  };
}
