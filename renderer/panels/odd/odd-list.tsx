import { titledBatch } from '../../model/batch-name.ts';
import { number } from '../../../common/format.ts';
import { inspect } from '../../stores/actions.ts';
import { acceptOdd, selectOdd, useOdd } from '../../stores/odd.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import './odd.css';

const MOST_SHOWN = 50;

/** The filter beside those of the states. */
export function OddChip({ isOpen, onToggle }: { isOpen: boolean; onToggle: () => void }) {
  const odd = useOdd();
  if (odd.length === 0) return null;
  return (
    <button
      type="button"
      className="chip"
      aria-pressed={isOpen}
      title="They succeeded, and are far from their like"
      onClick={() => {
        if (!isOpen) selectOdd(odd);
        onToggle();
      }}
    >
      <span className="tone-retrying" aria-hidden>
        ◤{' '}
      </span>
      odd {number(odd.length)}
    </button>
  );
}

/** Why each of them is odd, in words; and that a person finds it right. */
export function OddList() {
  const run = useStudio(state => state.runId);
  const odd = useOdd();
  if (run === undefined || odd.length === 0) return null;
  return (
    <section className="odd-list" aria-label="Odd batches">
      <ul>
        {odd.slice(0, MOST_SHOWN).map(({ node, scope, index, label, why }) => (
          <li key={scope}>
            <button
              type="button"
              className="odd-batch"
              onClick={() => inspect({ kind: 'batch', node, index }, 'attempts')}
            >
              {titledBatch(index, label)}
            </button>
            <span title={why}>{why}</span>
            <WithHost>
              <Button small onClick={() => void acceptOdd(run, [scope])}>
                Accept
              </Button>
            </WithHost>
          </li>
        ))}
      </ul>
      <WithHost>
        <p>
          <span className="muted">
            {odd.length > MOST_SHOWN && `and ${number(odd.length - MOST_SHOWN)} more. `}What is accepted is not odd any
            more, here and for others.
          </span>
          <Button small onClick={() => void acceptOdd(run)}>
            Accept all
          </Button>
        </p>
      </WithHost>
    </section>
  );
}
