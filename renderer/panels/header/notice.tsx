import { Button } from '../../ui/button.tsx';
import { studio, useStudio } from '../../stores/studio.ts';
import './notice.css';

/** What went wrong last, until it has been read. */
export function Notice() {
  const problem = useStudio(state => state.notice);
  if (!problem) return null;
  return (
    <div className="notice" role="alert">
      <p>{problem.message}</p>
      <Button small onClick={() => studio.setState({ notice: undefined })}>
        Close
      </Button>
    </div>
  );
}
