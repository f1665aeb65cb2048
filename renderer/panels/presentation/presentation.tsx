import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { present } from '../../stores/actions.ts';
import { resetDemo, showsDemos } from '../../stores/demo.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { DemoTag } from '../../ui/demo-tag.tsx';
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
  const isAmongDemos = useStudio(showsDemos);
  const isDemo = isAmongDemos || detail?.item.demo === true;
  return (
    <main className="present" lang={text.wording.locale} aria-label={text.name}>
      <div className="present-frame">
        <div className="present-notice">
          <Notice />
        </div>
        {progress && detail ? <RunStage progress={progress} detail={detail} /> : <BeforeStage />}
        <footer>
          <span>
            {isDemo && (
              <>
                <DemoTag />{' '}
              </>
            )}
            {progress && text.started(progress.startedAt)}
          </span>
          <span>
            {isAmongDemos && progress && (
              <Button look="quiet" onClick={() => void resetDemo()}>
                {text.resetDemo}
              </Button>
            )}
            <Button look="quiet" shortcut="Esc" onClick={() => present(false)}>
              {text.close}
            </Button>
          </span>
        </footer>
      </div>
    </main>
  );
}
