/* What a form asks for: the fields of a JSON Schema. */

/** What JSON has in one word. */
export type Scalar = string | number | boolean | null;

export type Field = {
  readonly title: string;
  readonly description: string | undefined;
  /** Whether the payload must have it. */
  readonly required: boolean;
  /** Whether it may be null, which the form calls "none". */
  readonly nullable: boolean;
  /** What the schema says it is where it is left out. */
  readonly default: { readonly value: unknown } | undefined;
} & FieldKind;

export type FieldKind =
  /** `length` counts characters. */
  | { readonly kind: 'text'; readonly input: TextInput; readonly length: Bounds }
  | ({ readonly kind: 'number'; readonly whole: boolean } & Bounds)
  | { readonly kind: 'choice'; readonly choices: readonly Exclude<Scalar, null>[] }
  | { readonly kind: 'group'; readonly members: readonly Member[] }
  | { readonly kind: 'list'; readonly element: Field; readonly length: Bounds }
  /** Anything that a form has no field for is typed as JSON. */
  | { readonly kind: 'json' };

export type TextInput = 'text' | 'date' | 'time' | 'date-time' | 'email' | 'url';

export interface Bounds {
  readonly least: Bound | undefined;
  readonly most: Bound | undefined;
}

export interface Bound {
  readonly value: number;
  /** Whether the value itself is allowed. */
  readonly allowed: boolean;
}

export interface Member {
  readonly name: string;
  readonly field: Field;
}

export type GroupField = Extract<Field, { kind: 'group' }>;
export type ListField = Extract<Field, { kind: 'list' }>;

/** Where something stands in a payload: the names of members, and the indices in lists. */
export type Path = readonly (string | number)[];

/** A path as the key of a map. */
export function pathKey(path: Path): string {
  return path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
