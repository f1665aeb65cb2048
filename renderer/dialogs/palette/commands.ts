import { allNodes } from '../../../common/graph-nodes.ts';
import type { ListedRun } from '../../../host/api/api.ts';
import { shortcuts } from '../../stores/shortcuts.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { label } from '../../model/shown-text.ts';
import { askToCancel, inspect, openDialog, resumeRun, setTheme, show, stopRun } from '../../stores/actions.ts';
import { hasDemo, leaveDemo, resetDemo, showsDemos, startDemo } from '../../stores/demo.ts';
import { copyText } from '../../stores/clipboard.ts';
import { chooseExportedFile } from '../../stores/exported-files.ts';
import { findItems } from '../../stores/items.ts';
import { currentLink } from '../../stores/link.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { whyNotRunnable } from '../../stores/runnable.ts';
import { saveForSpreadsheet, takeFileBack } from '../../stores/spreadsheet.ts';
import { studio, type StudioState } from '../../stores/studio.ts';
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

/** Opening a run. */
export function runCommand(run: ListedRun): Command {
  const title = run.status === 'damaged' ? `Run ${run.run}` : `Run ${run.run}: ${run.name}`;
  return { id: `run-${run.run}`, title, hint: run.status, run: () => void openRun(run.run) };
}

/** All there is to do or to go to, as things stand. */
export function availableCommands(): readonly Command[] {
  const { workspace, runs, workflow, runId, progress, past, detail, findings, search, recording } = studio.getState();
  const entries: Command[] = [];
  const hasHost = recording === undefined;
  const isAmongDemos = showsDemos({ workspace });
  if (hasHost && workflow && !whyNotRunnable({ workspace }, workflow) && hasDemo({ workspace }, workflow))
    entries.push({ id: 'demo', title: 'Start demo', hint: 'run', run: () => void startDemo(workflow) });
  if (isAmongDemos) {
    entries.push({ id: 'reset-demo', title: 'Reset the demo', hint: 'demo', run: () => void resetDemo() });
    entries.push({ id: 'leave-demo', title: 'Leave the demo', hint: 'demo', run: () => void leaveDemo() });
  }
  if (hasHost && workflow && !whyNotRunnable({ workspace }, workflow) && !isAmongDemos)
    entries.push({
      id: 'run',
      title: 'Run this workflow',
      hint: 'run',
      run: () => openDialog({ kind: 'run', workflow }),
    });
  if (runId !== undefined && progress?.status === 'running') {
    entries.push({ id: 'pause', title: 'Pause the run', hint: 'run', run: () => void stopRun(runId, 'paused') });
    entries.push({ id: 'cancel', title: 'Cancel the run', hint: 'run', run: askToCancel });
  }
  if (hasHost && runId !== undefined && (progress?.status === 'paused' || progress?.status === 'interrupted')) {
    entries.push({ id: 'resume', title: 'Resume the run', hint: 'run', run: () => void resumeRun(runId) });
  }
  if (hasHost && runId !== undefined && (findings?.searchable ?? 0) > 0 && search?.state !== 'searching')
    entries.push({
      id: 'find-items',
      title: 'Find the items at fault',
      hint: 'run',
      run: () => void findItems({}),
    });
  if (hasHost && runId !== undefined && (findings?.counts.items ?? 0) > 0)
    entries.push({
      id: 'save-sheet',
      title: 'Save the items at fault for a spreadsheet',
      hint: 'run',
      run: () => void saveForSpreadsheet('all', 'xlsx'),
    });
  if (hasHost && runId !== undefined)
    entries.push({
      id: 'take-back',
      title: 'Take a corrected file back…',
      hint: 'run',
      run: () => void takeFileBack(),
    });
  if (hasHost && runId !== undefined && progress && progress.status !== 'running')
    entries.push({
      id: 'share',
      title: 'Share the run as a file…',
      hint: 'run',
      run: () => openDialog({ kind: 'share', run: runId }),
    });
  const link = currentLink();
  if (hasHost && link !== undefined)
    entries.push({
      id: 'copy-link',
      title: past ? 'Copy link to this moment' : 'Copy a link to what is on screen',
      hint: 'screen',
      run: () => {
        copyText(link).catch(notice);
      },
    });
  entries.push(...shortcuts().map(({ keys, does, run }) => ({ id: `key-${keys}`, title: does, hint: keys, run })));
  if (hasHost) entries.push(...workspaceCommands(workspace));
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
  entries.push(...runs.map(runCommand));
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

function workspaceCommands(workspace: StudioState['workspace']): readonly Command[] {
  const create: Command = {
    id: 'new',
    title: 'New workflow…',
    hint: 'workspace',
    run: () => openDialog({ kind: 'new-workflow' }),
  };
  const trust: Command =
    questionOf({ workspace }) === undefined
      ? {
          id: 'distrust',
          title: 'Stop trusting this folder',
          hint: 'workspace',
          run: () => {
            distrustFolder().catch(notice);
          },
        }
      : { id: 'trust', title: 'Trust folder…', hint: 'workspace', run: () => openDialog({ kind: 'trust' }) };
  const openFile: Command = {
    id: 'open-exported',
    title: 'Open an exported run…',
    hint: 'workspace',
    run: chooseExportedFile,
  };
  return [create, openFile, trust];
}

/**
 * Entries that hold all words of the query, those that begin with it first.
 * @param found Entries that the host has found for this query, which may fit it by what they do not show
 */
export function matchingCommands(
  entries: readonly Command[],
  query: string,
  found: readonly Command[] = [],
): readonly Command[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const fitting = entries.filter(({ title, hint }) =>
    words.every(word => `${title} ${hint}`.toLowerCase().includes(word)),
  );
  const known = new Set(fitting.map(({ id }) => id));
  const all = [...fitting, ...found.filter(({ id }) => !known.has(id))];
  // `run 37` means that run, and then those whose number begins with it.
  const rank = ({ title }: Command) => {
    const at = title.toLowerCase();
    const begin = query.trim().toLowerCase();
    if (at === begin || at.startsWith(`${begin}:`)) return 0;
    return at.startsWith(begin) ? 1 : 2;
  };
  return all.toSorted((a, b) => rank(a) - rank(b));
}
