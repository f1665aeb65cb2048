import { Button } from '../../ui/button.tsx';
import { studio, useStudio } from '../../stores/studio.ts';
import './notice.css';

/** What went wrong last, until it has been read. @param close What its button says, in the language of what is around it */
export function Notice({ close = 'Close' }: { readonly close?: string }) {
  const problem = useStudio(state => state.notice);
  if (!problem) return null;
  return (
    <div className="notice" role="alert">
      <p lang="en">{problem.message}</p>
      <Button small onClick={() => studio.setState({ notice: undefined })}>
        {close}
      </Button>
    </div>
  );
}
