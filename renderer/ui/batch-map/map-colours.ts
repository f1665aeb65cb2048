import { BATCH_STATUS_NAMES } from '../../../common/status.ts';

/** The colours of statuses, in the order of their numbers. */
export function mapColours(): readonly string[] {
  return BATCH_STATUS_NAMES.map(name => cssVariable(`--map-${name === 'superseded' ? 'waiting' : name}`));
}

const variables = new Map<string, string>();

/** Map colours are the same in both themes, so each is looked up once. */
export function cssVariable(name: string): string {
  let value = variables.get(name);
  if (value === undefined)
    variables.set(name, (value = getComputedStyle(document.documentElement).getPropertyValue(name).trim()));
  return value;
}
