import { BATCH, counted, number, type Unit } from '../../common/format.ts';
import type { Result } from '../../host/api/api.ts';
import { label } from './shown-text.ts';

/* What a file that somebody has corrected changes, in words. */

export type CorrectionsFound = Extract<Result<'openCorrections'>, { ok: true }>['value'];
export type TriedRow = Extract<Result<'tryCorrections'>, { ok: true }>['value']['tried'][number];
type Cell = CorrectionsFound['corrected'][number]['cells'][number]['before'];

/** How far the test of the corrected items has come. */
export interface Trying {
  /** `asks`: a person has to allow that steps are executed. */
  readonly state: 'trying' | 'asks' | 'ended' | 'refused';
  readonly rows: ReadonlyMap<number, TriedRow>;
  /** Why it was refused. */
  readonly why?: string;
}

const LONGEST_CELL = 120;

/** A value and, where two values look alike, what it is: `1776` `number`. */
export function cellText(cell: Cell, other: Cell): { readonly text: string; readonly kind: string | undefined } {
  if (cell === null) return { text: '', kind: 'empty' };
  if (cell === '') return { text: '', kind: 'empty text' };
  const isAlike = typeof cell !== typeof other && other !== null;
  const kind = typeof cell === 'string' ? 'text' : typeof cell === 'number' ? 'number' : 'true or false';
  return { text: label(String(cell), LONGEST_CELL), kind: isAlike ? kind : undefined };
}

export function changesText({ cells, items }: CorrectionsFound['counts'], unit: Unit): string {
  return `${cells === 1 ? 'cell changes' : 'cells change'}, in ${counted(items, unit)}`;
}

export function refusedText(refused: number): string {
  return refused === 1 ? 'row is refused' : 'rows are refused';
}

/** `10 of 10 films pass the test.` */
export function testText({ state, rows, why }: Trying, items: number, unit: Unit): string {
  const passed = [...rows.values()].filter(({ outcome }) => outcome === 'passes').length;
  const said = `of ${counted(items, unit)} ${passed === 1 ? 'passes' : 'pass'} the test`;
  switch (state) {
    case 'trying':
      return `${said} so far`;
    case 'asks':
      return `of ${counted(items, unit)} tested: it executes their steps`;
    case 'refused':
      return `of ${counted(items, unit)} tested: ${why ?? ''}`;
    case 'ended':
      return `${said}. Nothing is stored yet.`;
  }
}

export function passedCount({ rows }: Trying): number {
  return [...rows.values()].filter(({ outcome }) => outcome === 'passes').length;
}

export function outcomeText(tried: TriedRow | undefined): string {
  switch (tried?.outcome) {
    case 'passes':
      return 'passes';
    case 'needs-effect':
      return 'passes up to an effect, which no test executes';
    case 'fails':
      return `still fails: ${label(tried.why ?? '', 200)}`;
    case 'refused':
      return `not tested: ${label(tried.why ?? '', 200)}`;
    case undefined:
      return 'not tested yet';
  }
}

export function submitText(batches: number): string {
  return `Re-run ${counted(batches, BATCH)}`;
}

/** `The run notes: “10 cells corrected by Maria Lopez”.` */
export function noteText({ counts: { cells }, by }: CorrectionsFound): string {
  const who = by === undefined ? 'in a file' : `by ${label(by, 100)}`;
  return `The run notes: “${counted(cells, ['cell', 'cells'])} corrected ${who}”.`;
}

export function placeText({ batch, item, label: name }: CorrectionsFound['corrected'][number], unit: Unit): string {
  const place = `batch ${number(batch)}, ${unit[0]} ${number(item)}`;
  return name === undefined ? place : `${label(name, 60)} · ${place}`;
}
