import { useState } from 'react';
import type { EffectRow } from '../../../host/api/api.ts';
import { clock } from '../../../common/format.ts';
import { effectErrorText } from '../../../common/effects.ts';
import { effectStatusText, EFFECT_GLYPHS, EFFECT_TONES } from '../../model/effect-text.ts';
import { label, titleLabel } from '../../model/shown-text.ts';
import type { Version } from '../../model/loader.ts';
import { settleEffect } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import './effects-view.css';

interface Props {
  readonly run: number;
  readonly scope: number;
  /** Only those of one step. */
  readonly path?: string;
  readonly version: Version;
}

/** What the steps of a batch have done outside: each with its receipt, and what is unknown with the question what became of it. */
export function EffectsView({ run, scope, path, version }: Props) {
  const [settled, setSettled] = useState(0);
  const loaded = useLoad(() => api().getEffects({ run, scope }), [run, scope], `${version} ${settled}`);
  if (loaded.state === 'loading') return <Empty>Loading…</Empty>;
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  const shown = loaded.value.effects.filter(effect => path === undefined || effect.path === path);
  if (shown.length === 0) return <Empty>Nothing was done outside yet. Steps do it with ctx.effect.</Empty>;
  return (
    <>
      <ul className="effects">
        {shown.map(effect => (
          <Effect key={effect.key} run={run} effect={effect} onSettled={() => setSettled(settled + 1)} />
        ))}
      </ul>
      {loaded.value.more && <p className="muted">There are more. List all with cronflow effects {run}.</p>}
    </>
  );
}

function Effect({ run, effect, onSettled }: { run: number; effect: EffectRow; onSettled: () => void }) {
  const graph = useStudio(state => state.detail?.graph);
  const { key, status, path, receipt, message, endedAt, begunAt } = effect;
  return (
    <li>
      <span className={`effect-glyph ${EFFECT_TONES[status]}`} aria-hidden>
        {EFFECT_GLYPHS[status]}
      </span>
      <code>{label(key, 300)}</code>
      <span className="muted">
        <span className={EFFECT_TONES[status]}>{effectStatusText(effect)}</span> · {graph && titleLabel(graph, path)} ·{' '}
        <span className="numbers">{clock(endedAt ?? begunAt)}</span>
      </span>
      {receipt && <code className="state-value">{label(receipt.json, 300)}</code>}
      {message !== undefined && <small className="tone-failed">{label(effectErrorText(status, message), 300)}</small>}
      {status === 'unknown' && (
        <WithHost>
          <Question run={run} name={key} onSettled={onSettled} />
        </WithHost>
      )}
    </li>
  );
}

/** Nobody but a person can say what became of it. */
function Question({ run, name, onSettled }: { run: number; name: string; onSettled: () => void }) {
  const [receipt, setReceipt] = useState('');
  const say = async (as: 'done' | 'not done') => {
    if (await settleEffect({ run, key: name, as, ...(as === 'done' && { receipt }) })) onSettled();
  };
  return (
    <div className="effect-actions">
      <input
        aria-label="Receipt as JSON, if it was done"
        placeholder="Receipt as JSON (optional)"
        value={receipt}
        onChange={event => setReceipt(event.target.value)}
      />
      <Button small onClick={() => void say('done')}>
        It was done
      </Button>
      <Button small onClick={() => void say('not done')}>
        It was not done
      </Button>
    </div>
  );
}
