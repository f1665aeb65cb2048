import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { present } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../header/notice.tsx';
import { BeforeStage } from './before-stage.tsx';
import { RunStage } from './run-stage.tsx';
import './presentation.css';
import './stage.css';

/** The run for people who do not code, sized for a projector: what happened, what it means, and who can do what. */
export function Presentation() {
  const text = usePresentationText();
  const progress = useStudio(state => state.progress);
  const detail = useStudio(state => state.detail);
  return (
    <main className="present" lang={text.wording.locale} aria-label={text.name}>
      <div className="present-frame">
        <div className="present-notice">
          <Notice />
        </div>
        {progress && detail ? <RunStage progress={progress} detail={detail} /> : <BeforeStage />}
        <footer>
          <span>{progress && text.started(progress.startedAt)}</span>
          <Button look="quiet" shortcut="Esc" onClick={() => present(false)}>
            {text.close}
          </Button>
        </footer>
      </div>
    </main>
  );
}
