import { sha256 } from '../../engine/sha256.ts';

/** Which item a row of a file is, and what it was when the file was written. */
export interface RowKey {
  readonly run: number;
  readonly scope: number;
  readonly item: number;
  /** Of the item, see `hashOf`. */
  readonly hash: string;
}

const KEY = /^r(\d{1,15})-b(\d{1,15})-i(\d{1,15})-([0-9a-f]{16})-([0-9a-f]{4})$/;

/** Begins with a letter, so that no spreadsheet takes it for a number or a date. */
export function keyText({ run, scope, item, hash }: RowKey): string {
  const said = `r${run}-b${scope}-i${item}-${hash}`;
  return `${said}-${checkOf(said)}`;
}

/** Undefined where the text is not one that `keyText` has made. */
export function parseKey(text: string): RowKey | undefined {
  const [, run, scope, item, hash = '', check] = KEY.exec(text) ?? [];
  if (check === undefined || checkOf(text.slice(0, text.lastIndexOf('-'))) !== check) return undefined;
  return { run: Number(run), scope: Number(scope), item: Number(item), hash };
}

/** @param item In the codec's text */
export function hashOf(item: string): string {
  return sha256(item).slice(0, 16);
}

function checkOf(said: string): string {
  return sha256(said).slice(0, 4);
}
