import { leaveDemo, resetDemo, showsDemos } from '../../stores/demo.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { DemoTag } from '../../ui/demo-tag.tsx';
import '../../ui/trust.css';

/** Says for as long as demos are shown that they are, and leads back. */
export function DemoBar() {
  const isShown = useStudio(showsDemos);
  if (!isShown) return null;
  return (
    <section className="trust-bar" aria-label="Demo">
      <DemoTag />
      <p>
        Some failures are made up, and a re-run heals them. Effects are only pretended. Your runs are in another store.
      </p>
      <Button small onClick={() => void resetDemo()} title="Deletes the demos, so that the next one begins anew">
        Reset
      </Button>
      <Button small look="quiet" onClick={() => void leaveDemo()}>
        Leave demo
      </Button>
    </section>
  );
}
