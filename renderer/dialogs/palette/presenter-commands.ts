import type { ListedRun } from '../../../host/api/api.ts';
import { PRESENTER_KEYS, type PresentationText, type PresenterKey } from '../../model/presentation/text.ts';
import { askToCancel, openDialog, present, resumeRun, stopRun } from '../../stores/actions.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { openNotes, toggleBlack, toggleFullscreen } from '../../stores/presenting.ts';
import { studio } from '../../stores/studio.ts';
import type { Command } from './commands.ts';

/* While somebody presents, the palette speaks their language, and offers what is seen there: nothing of the views behind it. */

/** Going on to another run, without leaving the presentation. */
export function presentersRun(text: PresentationText): (run: ListedRun) => Command {
  return run => ({
    id: `run-${run.run}`,
    title: text.palette.run(run.run, run.status === 'damaged' ? undefined : run.name),
    hint: '',
    run: () => void openRun(run.run),
  });
}

/** What can be done by a key, and with the run that is shown, and then the workflows and runs to go to. */
export function presenterCommands(text: PresentationText): readonly Command[] {
  const { workspace, runs, runId: run, progress, recording } = studio.getState();
  const keys: readonly (readonly [PresenterKey, () => void])[] = [
    ['black', toggleBlack],
    ['fullscreen', toggleFullscreen],
    ['notes', openNotes],
    ['help', () => openDialog({ kind: 'help' })],
    ['close', () => present(false)],
  ];
  const status = recording === undefined ? progress?.status : undefined;
  const ofRun: Command[] = [];
  const { pause, cancel, resume } = text.palette;
  if (run !== undefined && status === 'running') {
    ofRun.push({ id: 'pause', title: pause, hint: '', run: () => void stopRun(run, 'paused') });
    ofRun.push({ id: 'cancel', title: cancel, hint: '', run: askToCancel });
  }
  if (run !== undefined && (status === 'paused' || status === 'interrupted'))
    ofRun.push({ id: 'resume', title: resume, hint: '', run: () => void resumeRun(run) });
  const workflows = (workspace?.files ?? []).flatMap(({ file, graphs }) =>
    graphs.map(graph => ({
      id: `workflow-${file}-${graph.id}`,
      title: graph.name,
      hint: text.palette.workflow,
      run: () => openWorkflow(file, graph.id),
    })),
  );
  return [
    ...keys.map(([key, does]) => ({ id: key, title: text.keys[key], hint: PRESENTER_KEYS[key], run: does })),
    ...ofRun,
    ...workflows,
    ...runs.map(presentersRun(text)),
  ];
}
