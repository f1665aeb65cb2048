import { rangesText } from '../../common/format.ts';
import type { Graph } from '../../common/graph.ts';
import type { CancelReport } from '../../engine/run/rerun/plan-cancel.ts';
import { attemptsText, batchesOf, waitsText } from './resume.ts';
import { Titles } from './titles.ts';

/** What a cancel of a run ends: told before it does it. */
export function cancelText({ process, nodes, stops, waits, parts }: CancelReport, graph: Graph): string {
  const titles = new Titles(graph);
  const lines = [
    process ? `  Ends: process ${process.pid} on ${process.host}` : '  Ends: no process, because none works on the run',
  ];
  if (stops.length > 0) lines.push(`  Stops: ${attemptsText(stops, titles)}`);
  for (const node of nodes) {
    const { continued, fromStart, reused, left } = node;
    if (continued.length > 0)
      lines.push(`  Cancels: ${batchesOf(continued.length, node, titles)} that had begun (#${rangesText(continued)})`);
    if (fromStart > 0) lines.push(`  Cancels: ${batchesOf(fromStart, node, titles)} that had not begun`);
    if (reused + left > 0) lines.push(`  Keeps: ${batchesOf(reused + left, node, titles)} that had ended`);
  }
  if (parts.length > 0) lines.push(`  Cancels: ${parts.map(part => `run ${part}`).join(', ')}, part of this run`);
  if (waits.length > 0) lines.push(`  Waits no longer for a person or an event: ${waitsText(waits, titles)}`);
  return lines.join('\n');
}
