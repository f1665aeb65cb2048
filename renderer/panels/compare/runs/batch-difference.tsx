import { number } from '../../../../common/format.ts';
import type { ComparedBatch } from '../../../../host/api/api.ts';
import { diffItems } from '../../../model/items/item-diff.ts';
import { valueChanges, type ValueChange } from '../../../model/items/value-changes.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { batchAddress } from '../../../model/address.ts';
import { inspect } from '../../../stores/actions.ts';
import { api } from '../../../stores/host.ts';
import { goTo } from '../../../stores/address.ts';
import { studio } from '../../../stores/studio.ts';
import { Button } from '../../../ui/button.tsx';
import { Changes } from '../value-changes.tsx';

interface Props {
  readonly runs: readonly [number, number];
  readonly path: string;
  readonly batch: ComparedBatch;
}

const MOST = 20;

/** What is other in a batch of one number in two runs: from the other run to this one. */
export function BatchDifference({ runs, path, batch }: Props) {
  const { here, there, index } = batch;
  const loaded = useLoad(() => differenceOf(runs, batch), [runs, index]);
  const [run, other] = runs;
  return (
    <div className="compare-difference">
      {loaded.state === 'loading' && <p className="muted">Loading…</p>}
      {loaded.state === 'failed' && <p className="wrong">{loaded.message}</p>}
      {loaded.state === 'loaded' && (
        <dl>
          <Part title="Output" part={loaded.value.output} isSame={!batch.differs.includes('output')} />
          <Part title="Items" part={loaded.value.items} isSame={!batch.differs.includes('items')} />
        </dl>
      )}
      <p>
        {here && (
          <Button small onClick={() => openHere(path, index)}>
            Open in run {number(run)}
          </Button>
        )}{' '}
        {there && (
          <Button small onClick={() => void goTo(batchAddress(other, path, index))}>
            Open in run {number(other)}
          </Button>
        )}
      </p>
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly part: readonly (ValueChange & { readonly item?: number })[] | 'too large';
  readonly isSame: boolean;
}

function Part({ title, part, isSame }: PartProps) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {part === 'too large' ? (
          <p className="muted">Too large to be compared here.</p>
        ) : part.length === 0 ? (
          <p className="muted">{isSame ? 'The same in both.' : 'It differs in how it is stored only.'}</p>
        ) : part.some(({ item }) => item !== undefined) ? (
          <Changes changes={part} item={({ item = 0 }) => item} />
        ) : (
          <Changes changes={part} />
        )}
      </dd>
    </>
  );
}

async function differenceOf(runs: readonly [number, number], { here, there, differs }: ComparedBatch) {
  const sides = [
    { run: runs[1], side: there },
    { run: runs[0], side: here },
  ];
  const [outputs, items] = await Promise.all([
    differs.includes('output')
      ? Promise.all(sides.map(({ run, side }) => outputOf(run, side)))
      : [undefined, undefined],
    differs.includes('items') && here && there
      ? Promise.all(sides.map(({ run, side }) => (side ? itemsOf(run, side.scope) : undefined)))
      : [undefined, undefined],
  ]);
  return {
    output: changesOf(outputs, (before, after) => valueChanges(before, after, MOST)),
    items: changesOf(items, (before, after) => diffItems(before ?? '[]', after ?? '[]').changes.slice(0, MOST)),
  };
}

type Text = string | 'too large' | undefined;

function changesOf<C>(
  [before, after]: readonly Text[],
  compare: (before: string | undefined, after: string | undefined) => readonly C[],
): readonly C[] | 'too large' {
  return before === 'too large' || after === 'too large' ? 'too large' : compare(before, after);
}

async function outputOf(run: number, side: ComparedBatch['here']): Promise<Text> {
  if (!side?.output) return undefined;
  const { json, truncated } = await api().getOutput({ run, scope: side.scope, ...side.output });
  return truncated ? 'too large' : json;
}

async function itemsOf(run: number, scope: number): Promise<Text> {
  const { json, truncated } = await api().getItems({ run, scope });
  return truncated ? 'too large' : json;
}

function openHere(path: string, index: number): void {
  const map = [...(studio.getState().model?.maps.values() ?? [])].find(one => one.path === path);
  if (map) inspect({ kind: 'batch', node: map.node, index });
}
