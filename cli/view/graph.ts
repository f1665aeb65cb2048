import type { Graph, GraphNode } from '../../common/graph.ts';
import { toCaller } from '../caller-paths.ts';
import { shownUnit } from './titles.ts';
import { paint } from './paint.ts';
import { isItemByItem } from '../../common/node-kinds.ts';
import { counted, duration } from '../../common/format.ts';
import { oneLine } from '../../common/safe-text.ts';

/** A workflow as an indented list. */
export function graphText(graph: Graph, file: string): string {
  const where = `${oneLine(toCaller(file))}${graph.at ? `:${graph.at.line}` : ''}`;
  const lines = [
    `${paint('bold', oneLine(graph.name))}${paint('dim', ` · ${oneLine(graph.id)} · ${where}`)}`,
    ...(graph.description === undefined ? [] : [`  ${oneLine(graph.description)}`]),
    ...graph.triggers.map(({ kind, on }) => {
      const what = `${kind} trigger${on === '' ? '' : ` (${oneLine(on)})`}`;
      return `  ${paint('dim', `declares ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${what}${kind === 'manual' ? '' : ', which fires in cronflow serve --triggers'}`)}`;
    }),
    ...graph.nodes.flatMap(node => nodeLines(node, '  ')),
  ];
  return lines.join('\n');
}

function nodeLines(node: GraphNode, indent: string): string[] {
  const title = node.title === undefined ? '' : `${oneLine(node.title)}${paint('dim', ' · ')}`;
  const lines = [
    `${indent}${paint('cyan', node.kind.padEnd(KIND_WIDTH))} ${title}${paint('dim', `${oneLine(node.id)}${settings(node)}`)}`,
  ];
  const deeper = `${indent}  `;
  for (const branch of node.branches ?? []) {
    lines.push(
      `${deeper}${paint('dim', branch.id === node.id ? 'yes' : oneLine(branch.title ?? branch.id))}`,
      ...branch.nodes.flatMap(inner => nodeLines(inner, `${deeper}  `)),
    );
  }
  for (const member of node.members ?? []) lines.push(...nodeLines(member, deeper));
  if (node.body?.drawn) lines.push(...node.body.nodes.flatMap(inner => nodeLines(inner, deeper)));
  else if (node.body)
    lines.push(
      `${deeper}${paint('dim', `its steps depend on its items (${oneLine(node.body.why, 100)}): a run shows them`)}`,
    );
  return lines;
}

/** Of most kinds: the few that are longer stand out of the column. */
const KIND_WIDTH = 8;
const DURATIONS = ['ms', 'timeout', 'delay'];

function settings(node: GraphNode): string {
  const shown = Object.entries(node.settings ?? {}).flatMap(([key, value]) => setting(node, key, value));
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

function setting(node: GraphNode, key: string, value: unknown): string[] {
  if (typeof value !== 'number' && typeof value !== 'string') return [];
  // Of a forEach it is always one: what is told is one of what.
  if (key === 'size' && isItemByItem(node.kind)) return node.unit ? [`each ${shownUnit(node)[0]}`] : [];
  if (key === 'size' && typeof value === 'number')
    return [`size ${node.unit ? counted(value, shownUnit(node)) : value}`];
  if (DURATIONS.includes(key) && typeof value === 'number')
    return [`${key === 'ms' ? '' : `${key} `}${duration(value)}`];
  return [`${key} ${oneLine(String(value), 60)}`];
}
