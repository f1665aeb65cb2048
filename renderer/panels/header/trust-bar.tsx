import { Button } from '../../ui/button.tsx';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { questionOf } from '../../stores/trust.ts';
import '../../ui/trust.css';

/** Says for as long as the folder is not trusted what that means, and how to change it. */
export function TrustBar() {
  const question = useStudio(questionOf);
  if (question === undefined) return null;
  return (
    <section className="trust-bar" aria-label="Trust">
      <p>This folder is not trusted. You can look at stored runs; nothing is executed.</p>
      <TrustButton />
    </section>
  );
}

export function TrustButton({ look = 'plain' }: { look?: 'plain' | 'primary' }) {
  return (
    <Button small={look === 'plain'} look={look} onClick={() => openDialog({ kind: 'trust' })}>
      Trust folder…
    </Button>
  );
}
