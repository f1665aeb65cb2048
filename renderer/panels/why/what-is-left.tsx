import './why.css';
import { Fragment } from 'react';
import { number } from '../../../common/format.ts';
import { useNow } from '../../hooks/use-now.ts';
import { whatIsLeft } from '../../model/why-waiting.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { useNodeAtWork } from './use-node-at-work.ts';

/** The batches of a node that are left, by what they wait for. */
export function WhatIsLeft({ node }: { node: number }) {
  const atWork = useNodeAtWork(node);
  const now = useNow(atWork?.run.status === 'running');
  const parts = atWork ? whatIsLeft(atWork.node, atWork.run, now) : [];
  if (parts.length === 0) return null;
  return (
    <span className="what-is-left numbers">
      {parts.map(({ kind, count, text }, at) => (
        <Fragment key={kind}>
          {at > 0 && '; '}
          <span>
            <Glyph status={kind} silent /> <b className={`tone-${kind}`}>{number(count)}</b> {text}
          </span>
        </Fragment>
      ))}
    </span>
  );
}
