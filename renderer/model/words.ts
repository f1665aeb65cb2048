import type { BatchStatus, Counts, Graph, GraphNode, RunStatus, StepStatus } from '../../host/api.ts';
import { label } from './label.ts';

/* How figures and states are said. One place, so that they are said alike everywhere. */

const NUMBER = new Intl.NumberFormat('en-US');

export function number(value: number): string {
  return NUMBER.format(value);
}

export function counted(value: number, [one, many]: readonly [string, string]): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** `0.4 ms`, `41 ms`, `1.9 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `about 20 s`, `6 to 8 min`: time left, never more exact than it is known. */
export function timeLeft([from, to]: readonly [number, number]): string {
  const [unit, ms] =
    to < 90_000 ? (['s', 1000] as const) : to < 5_400_000 ? (['min', 60_000] as const) : (['h', 3_600_000] as const);
  const [low, high] = [Math.max(1, Math.round(from / ms)), Math.max(1, Math.round(to / ms))];
  return low === high ? `about ${high} ${unit}` : `${low} to ${high} ${unit}`;
}

/** `just now`, `2 min ago`, `yesterday`, `24 Nov`. */
export function ago(at: number, now: number): string {
  const seconds = (now - at) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 172_800) return 'yesterday';
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

export function clock(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** What a state looks like without its colour. */
export const GLYPH: Readonly<Record<BatchStatus | RunStatus | StepStatus | 'skipped', string>> = {
  waiting: '·',
  running: '▶',
  succeeded: '✓',
  completed: '✓',
  failed: '✕',
  retrying: '↻',
  cancelled: '⊘',
  superseded: '↺',
  skipped: '–',
  paused: '‖',
  interrupted: '!',
};

export function percent(part: number, total: number): number {
  return total === 0 ? 0 : (part / total) * 100;
}

export function done(counts: Counts): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

/** `3,201 films = 2,001 done + 1,200 failed`: the parts that are not zero, which always add up. */
export function equation(items: Counts, unit: readonly [string, string]): string {
  const parts: [number, string][] = [
    [items.succeeded, 'done'],
    [items.failed, 'failed'],
    [items.running, 'running'],
    [items.waiting, 'waiting'],
    [items.cancelled, 'cancelled'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`);
  return `${counted(items.total, unit)}${shown.length > 0 ? ` = ${shown.join(' + ')}` : ''}`;
}

const ITEM = ['item', 'items'] as const;
const LONGEST_NAME = 200;

/** A node by its path, wherever in the graph it is. */
export function findNode(nodes: readonly GraphNode[], path: string): GraphNode | undefined {
  for (const node of nodes) {
    if (node.path === path) return node;
    const inner = [
      ...(node.branches?.flatMap(branch => branch.nodes) ?? []),
      ...(node.members ?? []),
      ...(node.body?.drawn ? node.body.nodes : []),
    ];
    const found = findNode(inner, path);
    if (found) return found;
  }
  return undefined;
}

export function titleOf(graph: Graph, path: string): string {
  const node = findNode(graph.nodes, path);
  return node?.title ?? label(node?.id ?? path.split('/').at(-1) ?? path, LONGEST_NAME);
}

export function unitOf(graph: Graph, path: string): readonly [string, string] {
  return findNode(graph.nodes, path)?.unit ?? ITEM;
}

/** `films.ts:31`: a place as people say it. */
export function placeName(at: { readonly file: string; readonly line: number }): string {
  return `${fileName(at.file)}:${at.line}`;
}

/** The name of a file, without where it lies. */
export function fileName(file: string): string {
  return label(file.split(/[\\/]/).at(-1) ?? file, LONGEST_NAME);
}
