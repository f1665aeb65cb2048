import { useState } from 'react';
import type { ShownTrigger } from '../../../host/api/api.ts';
import { ago, dateAndTime, timeUntil } from '../../../common/format.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useNow } from '../../hooks/use-now.ts';
import { label } from '../../model/shown-text.ts';
import { triggerName } from '../../model/trigger-text.ts';
import { api } from '../../stores/host.ts';
import { openRun } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { questionOf } from '../../stores/trust.ts';
import { setTriggers } from '../../stores/triggers.ts';
import './triggers.css';

/** A firing shows within this time. */
const EVERY_MS = 2_000;

/** What starts runs by itself in this folder, and whether it does. Nothing where no workflow declares any. */
export function Triggers() {
  const declares = useStudio(state => declaredIn(state.workspace?.files ?? []));
  const isTrusted = useStudio(questionOf) === undefined;
  const [changes, setChanges] = useState(0);
  const now = useNow(declares !== '');
  const loaded = useLoad(
    declares === '' ? undefined : () => api().getTriggers({}),
    [declares],
    `${changes} ${Math.floor(now / EVERY_MS)}`,
  );
  if (declares === '' || loaded.state !== 'loaded') return null;
  const { on, forThisLaunch, webhooks, triggers } = loaded.value;
  return (
    <section aria-label="Triggers" className="triggers">
      <header>
        <h2 className="label">Triggers</h2>
        {isTrusted && !forThisLaunch && (
          <label>
            <input
              type="checkbox"
              checked={on}
              onChange={({ target }) => void setTriggers(target.checked).then(() => setChanges(count => count + 1))}
            />{' '}
            On
          </label>
        )}
        {!on && (!isTrusted || forThisLaunch) && <small>off</small>}
      </header>
      <ul>
        {triggers.map(trigger => (
          <Row key={`${trigger.workflow} ${trigger.kind} ${trigger.on}`} trigger={trigger} {...{ on, webhooks, now }} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly trigger: ShownTrigger;
  readonly on: boolean;
  readonly webhooks: string | undefined;
  readonly now: number;
}

function Row({ trigger, on, webhooks, now }: RowProps) {
  const { workflow, kind, on: what, nextAt, lastAt, lastRun, note } = trigger;
  // That it is off stands once, above all of them.
  const next = !on
    ? undefined
    : nextAt !== undefined
      ? `next ${timeUntil(nextAt, now)}`
      : kind !== 'webhook'
        ? 'listens'
        : webhooks === undefined
          ? 'needs cronflow serve --triggers'
          : `${webhooks}${what}`;
  return (
    <li>
      <b>{label(triggerName(trigger), 60)}</b> <small>{label(workflow, 60)}</small>
      {(next !== undefined || lastAt !== undefined) && (
        <small className="trigger-when" title={on && nextAt !== undefined ? dateAndTime(nextAt) : undefined}>
          {next}
          {lastAt !== undefined && (
            <>
              {next === undefined ? 'last ' : ' · last '}
              {lastRun === undefined ? (
                ago(lastAt, now)
              ) : (
                <button type="button" className="link" onClick={() => void openRun(lastRun)}>
                  {ago(lastAt, now)}
                </button>
              )}
            </>
          )}
        </small>
      )}
      {note !== undefined && <small className="tone-retrying">{label(note, 300)}</small>}
    </li>
  );
}

/** A text that is another one when another workflow declares something, or no longer does. */
function declaredIn(
  files: readonly {
    readonly graphs: readonly {
      readonly id: string;
      readonly triggers: readonly { readonly kind: string; readonly on: string }[];
    }[];
  }[],
): string {
  return files
    .flatMap(({ graphs }) =>
      graphs.flatMap(({ id, triggers }) =>
        triggers.filter(({ kind }) => kind !== 'manual').map(({ kind, on }) => `${id} ${kind} ${on}`),
      ),
    )
    .join('\n');
}
