import { useState } from 'react';
import { unitOf } from '../../../common/graph-nodes.ts';
import { ITEM } from '../../../common/format.ts';
import type { StoredError } from '../../../host/api/api.ts';
import { itemName } from '../../model/items/at-fault.ts';
import { label, locationLabel } from '../../model/shown-text.ts';
import { readValues, type Values } from '../../stores/items.ts';
import { useStudio } from '../../stores/studio.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { useItemOfError } from './item-of-error.ts';
import './line-values.css';

/** Below the failing line: what it names, for the item that was chosen, or the first of the batch that is known to be at fault. */
export function LineValues({ run, scope, error }: { run: number; scope: number; error: StoredError }) {
  const graph = useStudio(state => state.detail?.graph);
  // Another one with each save: what was read before it is not of the code as it is now.
  const check = useStudio(state => state.check?.begunAt);
  const [read, setRead] = useState<{
    readonly of: string;
    readonly check: number | undefined;
    readonly values: Values;
  }>();
  const [isReading, setIsReading] = useState(false);
  const item = useItemOfError(scope, error);
  if (!item) return null;
  const of = `${run} ${scope} ${item.item}`;
  const name = itemName(item, graph ? unitOf(graph, item.path) : ITEM);
  const press = async () => {
    setIsReading(true);
    const values = await readValues(item);
    setIsReading(false);
    if (values) setRead({ of, check, values });
  };
  const shown = read?.of === of && read.check === check ? read.values : undefined;
  return (
    <div className="line-values">
      {shown && <Shown values={shown} name={name} error={error} />}
      <RunButton small disabled={isReading} onClick={() => void press()}>
        {isReading ? 'Reading values…' : shown ? 'Read again' : `Values on this line for ${name}`}
      </RunButton>
    </div>
  );
}

function Shown({
  values: { outcome, error: now, values },
  name,
  error,
}: {
  values: Values;
  name: string;
  error: StoredError;
}) {
  if (outcome === 'passes') return <p className="muted">{name} passes with the code as it is now.</p>;
  if (outcome === 'needs-effect')
    return <p className="muted">{name} passes up to an effect, which is not executed for this.</p>;
  return (
    <>
      {now && now.fingerprint !== error.fingerprint && (
        <p className="muted">
          {name} fails with another error now: {label(now.message, 200)}
          {now.at && ` (${locationLabel(now.at)})`}
        </p>
      )}
      {values.length === 0 ? (
        <p className="muted">The line names nothing that can be read.</p>
      ) : (
        <>
          <p className="muted">{name}, with the code as it is now:</p>
          <dl aria-label={`Values for ${name}`}>
            {values.map(value => (
              <div key={value.name}>
                <dt>{label(value.name, 100)}</dt>
                <dd>{label(value.text, 240)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}
