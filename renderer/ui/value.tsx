import { useState } from 'react';
import type { ShownValue } from '../../host/api/api.ts';
import { number } from '../../common/format.ts';
import { CodeView } from './code-view.tsx';
import { Button } from './button.tsx';
import { Empty } from './empty.tsx';
import { useLoad } from '../hooks/use-load.ts';
import './value.css';

interface Props {
  readonly label: string;
  /** Asks for the value; all of it with `full`. */
  readonly load: (full: boolean) => Promise<ShownValue | null>;
  /** Changes when `ask` would give something else. */
  readonly subject: readonly unknown[];
  readonly none?: string;
}

/** A stored value, loaded when it is looked at. A large one is cut until the rest is asked for. */
export function Value({ label, load: ask, subject: of, none = 'No value.' }: Props) {
  const [full, setFull] = useState<string>();
  const key = JSON.stringify(of);
  const wantsAll = full === key;
  const loaded = useLoad(() => ask(wantsAll), [of, wantsAll]);
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  if (loaded.value === null) return <Empty>{none}</Empty>;
  const { json, truncated, size } = loaded.value;
  return (
    <div className="value">
      <CodeView text={json} language="json" label={label} />
      {truncated && (
        <p className="value-more">
          This is the beginning of {number(size)} characters.{' '}
          {!wantsAll && (
            <Button small onClick={() => setFull(key)}>
              Load the rest
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
