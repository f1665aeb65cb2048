import { closeDialog } from '../stores/actions.ts';
import { useStudio } from '../stores/studio.ts';
import { TakeBackDialog } from './take-back/take-back-dialog.tsx';
import { TrustDialog } from './trust-dialog.tsx';
import { FindItemsDialog } from './find-items-dialog.tsx';
import { DecideDialog } from './decide-dialog.tsx';
import { DebugBatchDialog } from './debug-batch-dialog.tsx';
import { DeleteRunDialog } from './delete-run-dialog.tsx';
import { EditAsideDialog } from './edit-aside-dialog.tsx';
import { EditItemsDialog } from './edit-items-dialog.tsx';
import { ContentsDialog } from './contents-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { CancelRunDialog } from './cancel-run-dialog.tsx';
import { DrainWorkerDialog } from './drain-worker-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { LabelRunDialog } from './label-run-dialog.tsx';
import { NewWorkflowDialog } from './new-workflow-dialog.tsx';
import { Palette } from './palette/palette.tsx';
import { RerunDialog } from './rerun-dialog.tsx';
import { ResumeDialog } from './resume-dialog.tsx';
import { RunDialog } from './run-dialog.tsx';

/** The dialog that is open, if one is. */
export function Dialogs() {
  const dialog = useStudio(state => state.dialog);
  switch (dialog?.kind) {
    case 'run':
      return <RunDialog workflow={dialog.workflow} onClose={closeDialog} />;
    case 'rerun':
      return <RerunDialog request={dialog.request} text={dialog.text} instead={dialog.instead} onClose={closeDialog} />;
    case 'resume':
      return <ResumeDialog changed={dialog.changed} onClose={closeDialog} />;
    case 'edit-items':
      return <EditItemsDialog node={dialog.node} index={dialog.index} edited={dialog.items} onClose={closeDialog} />;
    case 'find-items':
      return <FindItemsDialog request={dialog.request} isCheck={dialog.isCheck ?? false} onClose={closeDialog} />;
    case 'debug-batch':
      return <DebugBatchDialog request={dialog.request} onClose={closeDialog} />;
    case 'cancel-run':
      return <CancelRunDialog onClose={closeDialog} />;
    case 'drain-worker':
      return <DrainWorkerDialog worker={dialog.worker} onClose={closeDialog} />;
    case 'decide':
      return <DecideDialog {...dialog} onClose={closeDialog} />;
    case 'edit-aside':
      return <EditAsideDialog scope={dialog.scope} item={dialog.item} name={dialog.name} onClose={closeDialog} />;
    case 'take-back':
      return <TakeBackDialog name={dialog.name} found={dialog.found} onClose={closeDialog} />;
    case 'label-run':
      return <LabelRunDialog run={dialog.item} onClose={closeDialog} />;
    case 'delete-run':
      return <DeleteRunDialog run={dialog.item} onClose={closeDialog} />;
    case 'new-workflow':
      return <NewWorkflowDialog onClose={closeDialog} />;
    case 'trust':
      return <TrustDialog onClose={closeDialog} />;
    case 'help':
      return <HelpDialog onClose={closeDialog} />;
    case 'contents':
      return <ContentsDialog onClose={closeDialog} />;
    case 'share':
      return <ShareDialog run={dialog.run} onClose={closeDialog} />;
    case 'palette':
      return <Palette />;
    case undefined:
      return null;
  }
}
