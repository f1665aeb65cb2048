import type { NodePath, types as t } from '@babel/core';
import type { Binding } from './module-file.ts';

/**
 * Where a module's variable gets a value that others would have to see. A value that each process can make for itself is none: a
 * connection that is opened when it is first needed, what a cache keeps, or `undefined` when something is closed.
 */
export function changesOf(binding: Binding): NodePath[] {
  if (binding.kind === 'let' || binding.kind === 'var')
    return binding.constantViolations.filter(change => !isMadeAgain(change, binding));
  const collection = binding.kind === 'const' ? collectionOf(binding.path) : undefined;
  return collection ? binding.referencePaths.filter(reference => isAdded(reference, binding, collection)) : [];
}

function isMadeAgain(change: NodePath, binding: Binding): boolean {
  if (!change.isAssignmentExpression()) return change.isVariableDeclarator();
  const { operator, left, right } = change.node;
  if (operator === '??=' || operator === '||=') return true;
  if (operator !== '=' || left.type !== 'Identifier') return false;
  if (isNothing(right)) return true;
  if (right.type.endsWith('Literal')) return false;
  if (right.type === 'LogicalExpression' && isName(right.left, binding)) return true;
  const inside = change.getFunctionParent();
  return binding.referencePaths.some(
    reference => reference.getFunctionParent() === inside && asksWhetherThere(reference),
  );
}

/** `if (client)`, `!client`, `client === undefined`, `client ?? …`. */
function asksWhetherThere({ node, parent }: NodePath): boolean {
  switch (parent?.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === node;
    case 'UnaryExpression':
      return parent.operator === '!';
    case 'LogicalExpression':
      return parent.left === node;
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator) && (isNothing(parent.left) || isNothing(parent.right));
    default:
      return false;
  }
}

function isNothing(node: t.Node): boolean {
  return node.type === 'NullLiteral' || (node.type === 'Identifier' && node.name === 'undefined');
}

function isName(node: t.Node, { identifier }: Binding): boolean {
  return node.type === 'Identifier' && node.name === identifier.name;
}

type Collection = 'array' | 'object' | 'Set' | 'Map';

/** What a constant begins with: `[]`, `{}`, `new Set()`, `new Map()`. */
function collectionOf(path: NodePath): Collection | undefined {
  if (!path.isVariableDeclarator()) return undefined;
  let init = path.node.init;
  while (init && (init.type === 'TSAsExpression' || init.type === 'TSSatisfiesExpression')) init = init.expression;
  if (init?.type === 'ArrayExpression') return 'array';
  if (init?.type === 'ObjectExpression') return 'object';
  if (init?.type !== 'NewExpression' || init.callee.type !== 'Identifier') return undefined;
  const { name } = init.callee;
  return name === 'Set' || name === 'Map' ? name : undefined;
}

/** Something is added to what it has: `made.push(…)`, `counts.done += 1`, `counts.set(key, counts.get(key) + 1)`. */
function isAdded(reference: NodePath, binding: Binding, collection: Collection): boolean {
  const member = reference.parentPath;
  if (!member?.isMemberExpression() || member.node.object !== reference.node) return false;
  const use = member.parentPath;
  if (use.isUpdateExpression()) return true;
  if (use.isAssignmentExpression() && use.node.left === member.node) {
    const { operator, right } = use.node;
    if (operator !== '=') return !/^(?:\?\?|\|\||&&)=$/.test(operator);
    return right.type !== 'LogicalExpression' && hasReference(use.get('right'), binding);
  }
  if (!use.isCallExpression() || use.node.callee !== member.node) return false;
  const { property, computed } = member.node;
  const method = property.type === 'Identifier' && !computed ? property.name : '';
  switch (collection) {
    case 'array':
      return method === 'push' || method === 'unshift';
    case 'Set':
      return method === 'add';
    case 'Map':
      return method === 'set' && use.get('arguments').some(argument => hasReference(argument, binding));
    case 'object':
      return false;
  }
}

function hasReference(within: NodePath, binding: Binding): boolean {
  return binding.referencePaths.some(reference => reference.isDescendant(within));
}
