import type { ComponentProps } from 'react';
import type { WorkflowRef } from '../../host/api/api.ts';
import { Button } from './button.tsx';
import { openDialog } from '../stores/actions.ts';
import { hasDemo, showsDemos, startDemo } from '../stores/demo.ts';
import { whyNotRunnable } from '../stores/runnable.ts';
import { useStudio } from '../stores/studio.ts';
import { questionOf } from '../stores/trust.ts';

/** A button for what executes files of the folder: it does nothing, and says why, while the folder is not trusted. In an exported file it is not there. */
export function RunButton({ disabled, title, ...rest }: ComponentProps<typeof Button>) {
  const isUntrusted = useStudio(questionOf) !== undefined;
  const isExportedFile = useStudio(state => state.recording !== undefined);
  if (isExportedFile) return null;
  return (
    <Button
      {...rest}
      disabled={isUntrusted || disabled}
      title={isUntrusted ? 'This folder is not trusted, so nothing is executed. Press “Trust folder…” first.' : title}
    />
  );
}

type OfWorkflow = ComponentProps<typeof Button> & { readonly workflow: WorkflowRef };

/** Shows the workflow to others. Among demos it stands in the place of the button that starts a run. */
export function StartDemoButton({ workflow, onClick, title, ...rest }: OfWorkflow) {
  const whyNot = useStudio(state => whyNotRunnable(state, workflow)?.message);
  const isThere = useStudio(state => hasDemo(state, workflow));
  return (
    <RunButton
      {...rest}
      disabled={whyNot !== undefined || !isThere}
      title={whyNot ?? (isThere ? title : 'This workflow has no demo: its “define” has no option “demo”.')}
      onClick={event => {
        onClick?.(event);
        void startDemo(workflow);
      }}
    />
  );
}

/** Asks for the payload of a new run. Does nothing, and says why, while the workflow's file does not load. */
export function StartButton({
  children,
  demo = 'Start demo',
  ...rest
}: OfWorkflow & {
  /** What it says where it starts a demo. */
  readonly demo?: string;
}) {
  const isAmongDemos = useStudio(showsDemos);
  return isAmongDemos ? (
    <StartDemoButton {...rest} aria-label={undefined}>
      {demo}
    </StartDemoButton>
  ) : (
    <StartRunButton {...rest}>{children}</StartRunButton>
  );
}

function StartRunButton({ workflow, onClick, ...rest }: OfWorkflow) {
  const whyNot = useStudio(state => whyNotRunnable(state, workflow)?.message);
  return (
    <RunButton
      {...rest}
      disabled={whyNot !== undefined}
      title={whyNot}
      onClick={event => {
        onClick?.(event);
        openDialog({ kind: 'run', workflow });
      }}
    />
  );
}
