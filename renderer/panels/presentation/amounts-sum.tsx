import type { NodeAmounts } from '../../../common/amounts.ts';
import type { Graph } from '../../../common/graph.ts';
import { allNodes } from '../../../common/graph-nodes.ts';
import { outermost } from '../../../common/node-paths.ts';
import { amountSharesOf, missingOf } from '../../model/presentation/amount-shares.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { ShareBar } from './share-bar.tsx';

/** What the items come to, and where it is; nothing where no batch node says what its items come to. */
export function AmountsSum() {
  const graph = useStudio(state => state.detail?.graph);
  const run = useStudio(state => state.runId);
  // While it runs, how far it has come has its place.
  const isRunning = useStudio(state => state.progress?.status === 'running');
  if (!graph || run === undefined || isRunning || !hasAmounts(graph)) return null;
  return <Loaded run={run} />;
}

export function hasAmounts(graph: Graph): boolean {
  return allNodes(graph.nodes).some(node => node.settings?.['conserve'] !== undefined);
}

function Loaded({ run }: { readonly run: number }) {
  const endedAt = useStudio(state => state.progress?.endedAt);
  const loaded = useLoad(() => api().getAmounts({ run }), [run, endedAt]);
  if (loaded.state !== 'loaded') return null;
  return outermost(loaded.value.nodes).map(node => <Amount key={node.path} amounts={node} />);
}

function Amount({ amounts }: { readonly amounts: NodeAmounts }) {
  const { amounts: text, share, wording } = usePresentationText();
  const { unit, total, isBalanced, unknown, unknownItems } = amounts;
  const shares = amountSharesOf(amounts);
  return (
    <div className="present-sum present-amounts">
      <p>
        <b>{wording.amount(total, unit)}</b>
        <i>{text.cameIn}</i>
        <span className={isBalanced ? 'is-balanced' : 'is-unbalanced'}>
          {isBalanced ? text.addsUp(wording.isMoney(unit)) : text.missing(wording.amount(missingOf(amounts), unit))}
        </span>
      </p>
      <ShareBar shares={shares} />
      <p className="present-equation">
        {shares.map(({ part, amount, count }, index) => (
          <span key={part} className={`is-${part}`}>
            {index > 0 && <em>+</em>} <b>{wording.amount(amount, unit)}</b> <i>{share[part](count)}</i>
          </span>
        ))}
      </p>
      {unknown + unknownItems > 0 && <p>{text.unknown(unknown + unknownItems)}</p>}
    </div>
  );
}
