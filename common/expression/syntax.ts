/*
 * Expressions over the items and outputs of batches: `item.country`, `output.total == 0`, `step("Tidy").output.total > 5`. A small
 * language of its own, for both ends of the connection: what a person types is parsed into this tree, and never executed as code.
 */

export type Scalar = string | number | boolean | null;

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Where a path begins: at one item of a batch, at what the batch put out, or at what one of its steps did. */
export type Root =
  | { readonly from: 'item' }
  | { readonly from: 'output' }
  | { readonly from: 'step'; readonly step: string };

export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'path'; readonly root: Root; readonly keys: readonly (string | number)[] }
  | {
      readonly kind: 'comparison';
      readonly is: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  /** Of all items of the batch, or of at least one. */
  | { readonly kind: 'all' | 'any'; readonly of: Expression };

/** Longer ones are not read. */
export const MOST_CHARACTERS = 1_000;
/** Parentheses, `not` and `all` in each other. */
export const DEEPEST = 30;

/** An expression cannot be understood. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** Where, counted from 1. */
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

/** Whether an expression is true or false for a batch; else it has a value. */
export function isCondition({ kind }: Expression): boolean {
  return kind !== 'path' && kind !== 'literal';
}

/** Whether it looks into the items of a batch, and at which steps. */
export interface Uses {
  readonly items: boolean;
  readonly output: boolean;
  readonly steps: ReadonlySet<string>;
}

export function usesOf(expression: Expression): Uses {
  const steps = new Set<string>();
  let [items, output] = [false, false];
  const visit = (part: Expression): void => {
    switch (part.kind) {
      case 'literal':
        return;
      case 'path':
        items ||= part.root.from === 'item';
        output ||= part.root.from === 'output';
        if (part.root.from === 'step') steps.add(part.root.step);
        return;
      case 'comparison':
        visit(part.left);
        visit(part.right);
        return;
      case 'and':
      case 'or':
        part.parts.forEach(visit);
        return;
      case 'all':
      case 'any':
        items = true;
        visit(part.of);
        return;
      case 'not':
        visit(part.of);
    }
  };
  visit(expression);
  return { items, output, steps };
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** An expression as text, from which parsing it leads to the same expression. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'path': {
      const { root, keys } = expression;
      const begin = root.from === 'step' ? `step(${JSON.stringify(root.step)}).output` : root.from;
      return begin + keys.map(key => (PLAIN_KEY.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`)).join('');
    }
    case 'comparison':
      return `${operand(expression.left)} ${expression.is} ${operand(expression.right)}`;
    case 'and':
    case 'or':
      return expression.parts.map(operand).join(` ${expression.kind} `);
    case 'not':
      return `not ${operand(expression.of)}`;
    case 'all':
    case 'any':
      return `${expression.kind}(${expressionText(expression.of)})`;
  }
}

function operand(part: Expression): string {
  const isPlain = part.kind === 'literal' || part.kind === 'path' || part.kind === 'all' || part.kind === 'any';
  return isPlain ? expressionText(part) : `(${expressionText(part)})`;
}
