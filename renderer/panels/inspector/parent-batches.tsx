import { titleLabel } from '../../model/shown-text.ts';
import { hasRounds } from '../../../common/node-kinds.ts';
import { Fragment } from 'react';
import type { BatchDetail } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { findNode } from '../../../common/graph-nodes.ts';
import { inspect } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';

/** What a batch inside others stands in, outermost first, each to be looked at in turn. */
export function ParentBatches({ detail }: { detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  if (!graph) return null;
  const around = detail.around.map(({ scope, node, path, index, parent }) => (
    <Fragment key={scope}>
      in{' '}
      {hasRounds(findNode(graph.nodes, path)?.kind ?? '') ? (
        `round ${number(index)} of ${titleLabel(graph, path)}`
      ) : (
        <button
          type="button"
          className="link"
          onClick={() => inspect({ kind: 'batch', node, index, ...(parent !== 0 && { parent }) })}
        >
          {titleLabel(graph, path)} #{number(index)}
        </button>
      )}
      {' · '}
    </Fragment>
  ));
  return (
    <>
      of {titleLabel(graph, detail.path)} {around}
    </>
  );
}
