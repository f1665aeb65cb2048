import type { ComponentProps } from 'react';
import type { WorkflowRef } from '../../host/api/api.ts';
import { Button } from './button.tsx';
import { openDialog } from '../stores/actions.ts';
import { whyNotRunnable } from '../stores/runnable.ts';
import { useStudio } from '../stores/studio.ts';
import { questionOf } from '../stores/trust.ts';

/** A button for what executes files of the folder: it does nothing, and says why, while the folder is not trusted. */
export function RunButton({ disabled, title, ...rest }: ComponentProps<typeof Button>) {
  const isUntrusted = useStudio(questionOf) !== undefined;
  return (
    <Button
      {...rest}
      disabled={isUntrusted || disabled}
      title={isUntrusted ? 'This folder is not trusted, so nothing is executed. Press “Trust folder…” first.' : title}
    />
  );
}

/** Asks for the payload of a new run. Does nothing, and says why, while the workflow's file does not load. */
export function StartButton({
  workflow,
  onClick,
  ...rest
}: ComponentProps<typeof Button> & { readonly workflow: WorkflowRef }) {
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
