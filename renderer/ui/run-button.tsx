import type { ComponentProps } from 'react';
import { Button } from './button.tsx';
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
