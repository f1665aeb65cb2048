import { locationText } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import { titleOf } from '../../common/graph-nodes.ts';
import { safe } from '../../common/safe-text.ts';

/*
 * What authors call things, and what their errors and steps say, may hold anything, and stands among words of ours. React
 * shows it as text; here it is seen to that it stays in its place and can be read.
 */

// Hebrew, Arabic and their like.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text of the author's as it may stand among others: without what would move or hide it, not longer than `most`, and, where
 * it runs from right to left, set apart, so that what stands before and after it stays there.
 */
export function label(text: string, most = Infinity): string {
  const clean = cleaned(text, most);
  return RIGHT_TO_LEFT.test(clean) ? `\u2068${clean}\u2069` : clean;
}

/** `films.ts:31`, as it may stand in a sentence: the name of a file may run from right to left. */
export function locationLabel(at: { readonly file: string; readonly line: number }): string {
  return label(locationText(at));
}

/** The title of a node, as it may stand in a sentence. */
export function titleLabel(graph: Graph, path: string): string {
  return label(titleOf(graph, path), 200);
}

function cleaned(text: string, most: number): string {
  const short = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return safe(short);
}

/**
 * Members that are only ever shown, whatever they are a part of, and how long they may be. Ids, paths and names of
 * files are none: they are also sent back.
 */
const SHOWN: Readonly<Record<string, number>> = {
  title: 200,
  name: 200,
  unit: 30,
  description: 2_000,
  message: 20_000,
  explain: 20_000,
  reason: 2_000,
  why: 2_000,
  causes: 200,
};
/** Of these, too, but they stand by themselves, line by line. */
const LINES: Readonly<Record<string, number>> = { stack: 50_000, codeFrame: 20_000 };

/** What the host has said, with all texts in it that are only shown as they may be shown. */
export function safeToShow<T>(answer: T): T {
  return walk(answer, undefined) as T;
}

function walk(value: unknown, most: number | undefined): unknown {
  if (typeof value === 'string') return most === undefined ? value : label(value, most);
  if (Array.isArray(value)) return value.map(member => walk(member, most));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  // A payload's schema has values in it, which are sent back.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === 'payload' ? member : shownAs(key, member)]),
  );
}

function shownAs(key: string, member: unknown): unknown {
  if (typeof member === 'string' && Object.hasOwn(LINES, key)) return cleaned(member, LINES[key] ?? 0);
  return walk(member, Object.hasOwn(SHOWN, key) ? SHOWN[key] : undefined);
}
