import type { Runtime } from 'node:inspector';
import { HIDDEN, isSecretName } from './secret-names.ts';

const LONGEST = 200;
const MOST_MEMBERS = 5;

/** A value of the debugger in a few words; what a name says is secret is not shown. */
export function shownValue(name: string, value: Runtime.RemoteObject): string {
  if (isSecretName(name)) return HIDDEN;
  return shortened(textOf(value));
}

function textOf({ type, subtype, value, unserializableValue, preview, description }: Runtime.RemoteObject): string {
  if (type === 'undefined') return 'undefined';
  if (subtype === 'null') return 'null';
  if (type === 'string') return JSON.stringify(value);
  if (unserializableValue !== undefined) return unserializableValue;
  if (type === 'number' || type === 'boolean') return String(value);
  if (type === 'function') return 'a function';
  if (!preview || subtype === 'date' || subtype === 'regexp' || subtype === 'error') return description ?? type;
  const members = preview.properties.slice(0, MOST_MEMBERS).map(member => {
    const text = isSecretName(member.name) ? HIDDEN : memberText(member);
    return subtype === 'array' ? text : `${member.name}: ${text}`;
  });
  const more = preview.overflow || preview.properties.length > MOST_MEMBERS ? ', …' : '';
  return subtype === 'array'
    ? `${description ?? 'Array'} [${members.join(', ')}${more}]`
    : `${description === 'Object' ? '' : `${description} `}{ ${members.join(', ')}${more} }`;
}

function memberText({ type, value = '' }: Runtime.PropertyPreview): string {
  if (type === 'function') return 'a function';
  return type === 'string' ? JSON.stringify(value) : value;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
