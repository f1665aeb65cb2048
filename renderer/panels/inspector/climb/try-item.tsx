import { useState } from 'react';
import { number } from '../../../../common/format.ts';
import { label } from '../../../model/shown-text.ts';
import { api } from '../../../stores/host.ts';
import { toProblem } from '../../../stores/notice.ts';
import { useStudio } from '../../../stores/studio.ts';
import { RunButton } from '../../../ui/run-button.tsx';

const WORDS = { passes: 'passes', fails: 'still fails', 'needs-effect': 'passes up to an effect' } as const;

/** The first item at fault with the code as it is now: probed, and nothing of it is stored. Only where one is known. */
export function TryItem({ run }: { readonly run: number }) {
  const first = useStudio(state => state.findings?.items[0]);
  const [said, setSaid] = useState<string>();
  if (!first) return null;
  const { scope, item, batch } = first;
  const probe = async () => {
    setSaid('…');
    try {
      const outcome = await api().getValues({ run, scope, item });
      if (!outcome.ok) return setSaid(outcome.problem.message);
      const { asks, outcome: now } = outcome.value;
      setSaid(asks ? 'its steps are not pure: find items at fault first' : now ? WORDS[now] : 'was not executed');
    } catch (error) {
      setSaid(toProblem(error).message);
    }
  };
  return (
    <p className="try-item">
      <b>1 item</b> {label(first.label ?? `item ${number(item)}`, 60)} of batch {number(batch)} with today’s code:
      probed, nothing stored.{' '}
      <RunButton small onClick={() => void probe()}>
        Try this item
      </RunButton>{' '}
      <span role="status">{said && label(said, 300)}</span>
    </p>
  );
}
