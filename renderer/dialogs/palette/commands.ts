import { allNodes } from '../../../common/graph-nodes.ts';
import { SHORTCUTS } from '../../stores/shortcuts.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { label } from '../../model/shown-text.ts';
import { inspect, openDialog, resumeRun, setTheme, show, stopRun } from '../../stores/actions.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { studio } from '../../stores/studio.ts';
import { notice } from '../../stores/notice.ts';
import { distrustFolder, questionOf } from '../../stores/trust.ts';

/** Something the palette offers. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What it is, or the key that does it. */
  readonly hint: string;
  readonly run: () => void;
}

/** All there is to do or to go to, as things stand. */
export function availableCommands(): readonly Command[] {
  const { workspace, runs, workflow, runId, progress, detail } = studio.getState();
  const entries: Command[] = [];
  if (workflow)
    entries.push({
      id: 'run',
      title: 'Run this workflow',
      hint: 'run',
      run: () => openDialog({ kind: 'run', workflow }),
    });
  if (runId !== undefined && progress?.status === 'running') {
    entries.push({ id: 'pause', title: 'Pause the run', hint: 'run', run: () => void stopRun(runId, 'paused') });
    entries.push({ id: 'cancel', title: 'Cancel the run', hint: 'run', run: () => void stopRun(runId, 'cancelled') });
  }
  if (runId !== undefined && (progress?.status === 'paused' || progress?.status === 'interrupted')) {
    entries.push({ id: 'resume', title: 'Resume the run', hint: 'run', run: () => void resumeRun(runId) });
  }
  entries.push(...SHORTCUTS.map(({ keys, does, run }) => ({ id: `key-${keys}`, title: does, hint: keys, run })));
  entries.push({
    id: 'new',
    title: 'New workflow…',
    hint: 'workspace',
    run: () => openDialog({ kind: 'new-workflow' }),
  });
  if (questionOf({ workspace }) !== undefined)
    entries.push({
      id: 'trust',
      title: 'Trust folder…',
      hint: 'workspace',
      run: () => openDialog({ kind: 'trust' }),
    });
  else
    entries.push({
      id: 'distrust',
      title: 'Stop trusting this folder',
      hint: 'workspace',
      run: () => {
        distrustFolder().catch(notice);
      },
    });
  for (const theme of ['dark', 'light', 'system'] as const)
    entries.push({ id: `theme-${theme}`, title: `Theme: ${theme}`, hint: 'appearance', run: () => setTheme(theme) });
  for (const { file, graphs } of workspace?.files ?? []) {
    for (const graph of graphs)
      entries.push({
        id: `workflow-${file}-${graph.id}`,
        title: graph.name,
        hint: `workflow in ${label(file)}`,
        run: () => openWorkflow(file, graph.id),
      });
  }
  for (const run of runs.slice(0, 500))
    entries.push({
      id: `run-${run.run}`,
      title: `Run ${run.run}: ${run.name}`,
      hint: run.status,
      run: () => void openRun(run.run),
    });
  if (detail)
    entries.push(
      ...allNodes(detail.graph.nodes).map(node => ({
        id: `node-${node.path}`,
        title: titleFor(node),
        hint: node.kind,
        run: () => {
          show('graph');
          inspect({ kind: 'node', path: node.path });
        },
      })),
    );
  return entries;
}

/** Entries that hold all words of the query, those that begin with it first. */
export function matchingCommands(entries: readonly Command[], query: string): readonly Command[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const found = entries.filter(({ title, hint }) =>
    words.every(word => `${title} ${hint}`.toLowerCase().includes(word)),
  );
  const begins = ({ title }: Command) => (title.toLowerCase().startsWith(query.toLowerCase()) ? 0 : 1);
  return found.toSorted((a, b) => begins(a) - begins(b));
}
