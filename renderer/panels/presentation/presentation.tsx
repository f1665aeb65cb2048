import { useEffect } from 'react';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { beginPresenting, endPresenting, presenting } from '../../stores/presenting.ts';
import { useStudio } from '../../stores/studio.ts';
import { BeforeStage } from './before-stage.tsx';
import { RunStage } from './run-stage.tsx';
import './presentation.css';
import './stage.css';

/** The run for people who do not code, sized for a projector: what happened, what it means, and who can do what. */
export function Presentation() {
  const text = usePresentationText();
  const progress = useStudio(state => state.progress);
  const detail = useStudio(state => state.detail);
  const run = useStudio(state => state.runId);
  // Another run is another story.
  useEffect(() => presenting.setState({ chapter: undefined }), [run]);
  useEffect(() => {
    beginPresenting();
    addEventListener('pagehide', endPresenting);
    return () => {
      removeEventListener('pagehide', endPresenting);
      endPresenting();
    };
  }, []);
  return (
    <main className="present" lang={text.wording.locale} aria-label={text.name}>
      {progress && detail ? <RunStage progress={progress} detail={detail} /> : <BeforeStage />}
    </main>
  );
}
