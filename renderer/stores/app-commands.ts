import type { AppCommand } from '../../host/api/app-command.ts';
import type { Problem } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { onAppCommand } from '../client/channel.ts';
import { askToRerun, openDialog, present, setTheme, show } from './actions.ts';
import { goTo } from './address.ts';
import { showsDemos, startDemo } from './demo.ts';
import { notice } from './notice.ts';
import { openRun, openWorkflow } from './open-run.ts';
import { studio } from './studio.ts';

/** Does what the desktop shell asks, each as the page's own buttons and keys do it. In a browser nobody asks. */
export function beginAppCommands(): void {
  onAppCommand(command =>
    once(
      () => studio.getState().workspace !== undefined,
      () => perform(command),
    ),
  );
}

function perform(command: AppCommand): void {
  switch (command.kind) {
    case 'run':
      return askToRun();
    case 'new-workflow':
      return openDialog({ kind: 'new-workflow' });
    case 'rerun-failed':
      return askToRerunFailed();
    case 'palette':
      return openDialog({ kind: 'palette' });
    case 'present':
      return present(!studio.getState().presenting);
    case 'help':
      return openDialog({ kind: 'help' });
    case 'theme':
      return setTheme(command.theme);
    case 'view':
      return show(command.view);
    case 'open-run':
      return void openRun(command.run);
    case 'open-address':
      return void goTo(command.address).then(isThere => isThere || notice(noSuchPlace(command.address)), notice);
    case 'open-file':
      return openFile(command.file);
    default:
      command satisfies never;
  }
}

function askToRun(): void {
  const { workflow } = studio.getState();
  if (workflow && showsDemos(studio.getState())) void startDemo(workflow);
  else if (workflow) openDialog({ kind: 'run', workflow });
  else notice({ name: 'NothingOpen', message: 'No workflow is open. Choose one under Workflows, then run it.' });
}

function askToRerunFailed(): void {
  if (studio.getState().runId !== undefined) askToRerun({ select: 'failed' }, 'the failed batches');
  else
    notice({ name: 'NothingOpen', message: 'No run is open. Choose one under Runs, then re-run its failed batches.' });
}

function noSuchPlace(address: string): Problem {
  return { name: 'NoSuchPlace', message: `The link leads to nothing that is here: ${label(address, 200)}` };
}

/** Opens the first workflow of a file, as soon as the file has been loaded. */
function openFile(file: string): void {
  const found = () => studio.getState().workspace?.files.find(known => known.file === file);
  once(
    () => (found()?.graphs.length ?? 0) > 0 || found()?.problem !== undefined || !studio.getState().workspace?.loading,
    () => {
      const known = found();
      const [graph] = known?.graphs ?? [];
      if (graph) openWorkflow(file, graph.id);
      else notice(known?.problem ?? { name: 'NoWorkflow', message: `${file} defines no workflow.` });
    },
  );
}

/** Does something as soon as the state allows it: now, or after a change. */
function once(isReady: () => boolean, act: () => void): void {
  if (isReady()) return act();
  const stop = studio.subscribe(() => {
    if (!isReady()) return;
    stop();
    act();
  });
}
