import type { Graph, GraphNode } from '../workflow/graph.ts';
import { toCaller } from './places.ts';
import { oneLine, paint } from './words.ts';

/** A workflow as an indented list. */
export function graphText(graph: Graph, file: string): string {
  const lines = [
    `${paint('bold', oneLine(graph.name))} ${paint('dim', `${oneLine(graph.id)} · ${oneLine(toCaller(file))}${graph.at ? `:${graph.at.line}` : ''}`)}`,
    ...(graph.description === undefined ? [] : [`  ${oneLine(graph.description)}`]),
    ...graph.triggers.map(trigger => `  ${paint('dim', `declares a ${trigger.kind} trigger${trigger.on === '' ? '' : ` (${oneLine(trigger.on)})`}; runs are started on demand only`)}`),
    ...graph.nodes.flatMap(node => nodeLines(node, '  ')),
  ];
  return lines.join('\n');
}

function nodeLines(node: GraphNode, indent: string): string[] {
  const title = node.title === undefined ? '' : `${oneLine(node.title)} `;
  const lines = [`${indent}${paint('cyan', node.kind.padEnd(8))} ${title}${paint('dim', `${oneLine(node.id)}${settings(node)}`)}`];
  const deeper = `${indent}  `;
  for (const branch of node.branches ?? []) {
    lines.push(`${deeper}${paint('dim', branch.id === node.id ? 'yes' : oneLine(branch.title ?? branch.id))}`, ...branch.nodes.flatMap(inner => nodeLines(inner, `${deeper}  `)));
  }
  for (const member of node.members ?? []) lines.push(...nodeLines(member, deeper));
  if (node.body?.drawn) lines.push(...node.body.nodes.flatMap(inner => nodeLines(inner, deeper)));
  else if (node.body) lines.push(`${deeper}${paint('dim', `its steps depend on its items (${oneLine(node.body.why, 100)}); a run shows them`)}`);
  return lines;
}

function settings({ settings: given }: GraphNode): string {
  const shown = Object.entries(given ?? {}).filter(([, value]) => typeof value === 'number' || typeof value === 'string');
  return shown.length === 0 ? '' : ` (${shown.map(([key, value]) => `${key} ${oneLine(String(value), 60)}`).join(', ')})`;
}
