import { conditionPath } from '../../../common/node-paths.ts';
import { encode } from '../../store/codec.ts';
import type { Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import type { AroundScope, Place, ScopeResults } from './protocol.ts';
import type { NodeOfBatches } from './workers.ts';

/** Where a batch node stands, as a worker is told. */
export function placeOf(run: Run, id: number, { scope, id: node, path }: NodeOfBatches): Place {
  const chain = chainOf(scope);
  const [root, ...inner] = chain;
  const around = inner.map(one => aroundOf(one));
  const begun = Array.from(run.progress.nodes(), ([number, progress]) => [number, progress.path] as const);
  const asked = chain.flatMap(({ path: outer }) => numberOf(run, conditionPath(outer)));
  return {
    id,
    path,
    node,
    root: root ? resultsOf(root) : { results: [], last: undefined },
    around,
    begun,
    numbers: [[path, node], ...begun.map(([number, of]) => [of, number] as const), ...asked],
  };
}

/** The scopes around, from the workflow itself inwards. */
function chainOf(scope: Scope): Scope[] {
  return scope.parent ? [...chainOf(scope.parent), scope] : [scope];
}

function numberOf({ numbering }: Run, path: string): (readonly [string, number])[] {
  const number = numbering.findNode(path);
  return number === undefined ? [] : [[path, number]];
}

function aroundOf(scope: Scope): AroundScope {
  const { id, path, index, attempt } = scope;
  // A round of a while has the batch of what it stands in.
  const items = scope.batch === scope.parent?.batch ? undefined : scope.batch?.items;
  return { id, path, index: index ?? 0, attempt, items, ...resultsOf(scope) };
}

function resultsOf(scope: Scope): ScopeResults {
  const results = Array.from(scope.results, ([name, { node, attempt }]) => [name, node, attempt] as const);
  const { last } = scope;
  // The first step of a round finds the last result of the round before.
  const isOwn =
    last === undefined || results.some(([, node, attempt]) => node === last.node && attempt === last.attempt);
  return { results, last: isOwn ? undefined : encode(last.output, 'output') };
}
