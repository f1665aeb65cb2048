import { shortIndex } from '../../common/set-aside.ts';
import { findNode, unitOf } from '../../common/graph-nodes.ts';
import { idOf } from '../../common/node-paths.ts';
import { comparedFields, comparedValues, inCommonOfRun } from '../../engine/run/in-common/compare-items.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import type { Finding } from '../../common/findings.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { currentFindings, findingCounts, type BatchFinding } from '../../engine/store/findings.ts';
import {
  allowProbes as allow,
  currentSearches,
  failedToSearch,
  isProbeAllowed,
  storeSearch,
  type FailedBatchToSearch,
  type SearchSelection,
  type StoredSearch,
} from '../../engine/store/searches.ts';
import { itemsGone } from '../../engine/store/set-aside.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { latestSession, latestSources, sourceOf } from '../../engine/store/queries.ts';
import type { ItemToCheck } from '../../engine/runner/probe/check-items.ts';
import type { Args, ItemAtFault, Result } from '../api/api.ts';
import { lineOf } from './runs.ts';
import { versionToTry, type StoredVersion } from '../../engine/store/code-versions.ts';
import type { StoreConnection } from './store-connection.ts';

/** More are counted, and not listed. */
const MOST_LISTED = 1_000;
const MOST_SEARCHES = 1_000;

/** The items at fault of the failed batches of a run, and what the searches for them have come to. */
export function getFindings(store: StoreConnection, { run }: Args<'getFindings'>): Result<'getFindings'> {
  const { db, line } = lineOf(store, run);
  return {
    counts: findingCounts(db, run),
    // No item is at fault for what a demo has made fail.
    searchable: line.demo === 1 ? 0 : failedToSearch(db, run, { batches: 'failed' }).length,
    items: currentFindings(db, run, { limit: MOST_LISTED }).map(finding => ({
      ...itemOf(finding),
      row: shortIndex(finding.item, itemsGone(db, run, finding.scope)),
    })),
    searches: currentSearches(db, run, MOST_SEARCHES).map(({ node, why, limit, ...search }) => ({
      ...search,
      path: node,
      ...(why && { uncertain: why }),
      ...(limit && { limit: { items: limit.items, error: withoutStack(limit.error) } }),
    })),
  };
}

function itemOf({ node, error, label, member, ...finding }: BatchFinding): Omit<ItemAtFault, 'row'> {
  const { scope, batch, parent, item, position, found, others } = finding;
  return {
    ...{ scope, path: node, batch, parent, item, position, found, others },
    error: withoutStack(error),
    ...(label !== undefined && { label }),
    ...(member !== undefined && { member }),
  };
}

/** As it is sent to pages. */
export function withoutStack({ name, message, explain, fingerprint, at }: StoredError): ItemAtFault['error'] {
  return { name, message, fingerprint, ...(explain !== undefined && { explain }), ...(at && { at }) };
}

/** What can be searched, and whether its steps may be executed for that. */
export interface Searchable {
  readonly batches: readonly FailedBatchToSearch[];
  readonly isAllowed: boolean;
}

export function searchable(
  store: StoreConnection,
  { run, selection }: { readonly run: number; readonly selection: SearchSelection },
): Searchable {
  const { db } = lineOf(store, run);
  const { workflow } = requireRun(db, run);
  return { batches: failedToSearch(db, run, selection), isAllowed: isProbeAllowed(db, workflow) };
}

/** A person allows to execute the steps of the run's workflow to find items at fault. */
export function allowProbes(store: StoreConnection, run: number): void {
  const { db } = lineOf(store, run);
  allow(db, requireRun(db, run).workflow, Date.now());
}

interface NotedSearch {
  readonly run: number;
  readonly batch: FailedBatchToSearch;
  readonly search: StoredSearch & { readonly findings: readonly Finding[] };
}

export function noteSearch(store: StoreConnection, { run, batch, search }: NotedSearch): void {
  storeSearch(lineOf(store, run).db, run, batch, search, Date.now());
}

/** The items at fault of a run, to be tried with the code as it is now. */
export interface Checkable {
  /** Some process works on it. */
  readonly isLive: boolean;
  /** The files that it was executed from. */
  readonly sources: readonly string[];
  readonly items: readonly ItemToCheck[];
  readonly isAllowed: boolean;
}

export function checkable(store: StoreConnection, run: number): Checkable {
  const { db, line } = lineOf(store, run);
  return {
    isLive: line.live,
    sources: latestSources(db, run).map(({ path }) => path),
    items: currentFindings(db, run, { limit: MOST_LISTED }).map(({ scope, item, found, others }) => ({
      scope,
      item,
      found,
      others,
    })),
    isAllowed: isProbeAllowed(db, requireRun(db, run).workflow),
  };
}

/** An item at fault, as it is pinned as a test. */
export interface ItemToPin {
  readonly isLive: boolean;
  readonly isAllowed: boolean;
  readonly workflow: string;
  /** Path of the batch node, and what people call it. */
  readonly node: string;
  readonly title: string;
  /** The index of the batch. */
  readonly batch: number;
  /** The item, with those that it fails together with. */
  readonly places: readonly number[];
}

/** Null for an item that is not known to be at fault. */
export function toPin(
  store: StoreConnection,
  { run, scope, item }: { readonly run: number; readonly scope: number; readonly item: number },
): ItemToPin | null {
  const { db, line } = lineOf(store, run);
  const findings = currentFindings(db, run, { limit: MOST_LISTED });
  const found = findings.find(other => other.scope === scope && other.item === item);
  if (!found) return null;
  const { workflow, graph } = requireRun(db, run);
  return {
    isLive: line.live,
    isAllowed: isProbeAllowed(db, workflow),
    workflow,
    node: found.node,
    title: findNode(parseStoredGraph(graph).nodes, found.node)?.title ?? idOf(found.node),
    batch: found.batch,
    places: [item, ...found.others].toSorted((a, b) => a - b),
  };
}

/** The version of the code with which to try items that fail. @param code The hash of the code as it is now */
export function versionOfItems(
  store: StoreConnection,
  {
    run,
    scope,
    path,
    code,
  }: { readonly run: number; readonly scope: number; readonly path: string; readonly code: string },
): StoredVersion | null {
  const { db } = lineOf(store, run);
  return versionToTry(db, { run, workflow: requireRun(db, run).workflow, scope, path, code }) ?? null;
}

/** The files of a run's latest session. */
export function sources(
  store: StoreConnection,
  run: number,
): readonly { readonly path: string; readonly hash: string }[] {
  return latestSources(lineOf(store, run).db, run);
}

/** The text of one of them, as it was executed. */
export function latestSourceText(
  store: StoreConnection,
  { run, file }: { readonly run: number; readonly file: string },
): string | null {
  const { db } = lineOf(store, run);
  const session = latestSession(db, run);
  return session === undefined ? null : (sourceOf(db, run, session, file) ?? null);
}

/** Other words for the sentences would say the same. */
const MOST_ALIKE = 5;

/** What the items at fault have in common that the others have not. */
export function getInCommon(store: StoreConnection, { run }: Args<'getInCommon'>): Result<'getInCommon'> {
  const { db } = lineOf(store, run);
  const graph = parseStoredGraph(requireRun(db, run).graph);
  const nodes = inCommonOfRun(db, run, path => unitOf(graph, path)).map(
    ({ node, sentences, statements, ...counts }) => ({
      ...counts,
      path: node,
      sentences: [...sentences],
      statements: statements.map(({ features, alike, atFault, others }) => ({
        fields: features.map(({ path }) => path),
        words: features.map(({ words }) => words).join(' and '),
        alike: alike.slice(0, MOST_ALIKE).map(({ words }) => words),
        atFault,
        others,
      })),
      fields: comparedFields(db, run, node),
    }),
  );
  return { nodes };
}

export function getHistogram(
  store: StoreConnection,
  { run, path, field }: Args<'getHistogram'>,
): Result<'getHistogram'> {
  const { rows, ...counts } = comparedValues(lineOf(store, run).db, run, path, field);
  return { ...counts, rows: [...rows] };
}
