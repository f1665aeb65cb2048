import type { Graph } from '../../common/graph.ts';
import { UnreadableError } from './codec.ts';
import type { Presented } from '../../common/presented.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { RUN_STATUSES, type RunStatus } from '../../common/status.ts';

/*
 * What a store keeps as JSON or as a word of ours. SQLite has no checksums: a bit that has flipped in it is noticed
 * here or nowhere, and what is not what we write must not be shown as if it were. @throws UnreadableError, all of them
 */

export function parseRunStatus(text: string): RunStatus {
  const status = RUN_STATUSES.find(known => known === text);
  if (!status) throw new UnreadableError(`A run has a status that there is not: ${JSON.stringify(text.slice(0, 40))}`);
  return status;
}

/** More batches than any run has: room for all places up to one further on than this would take the memory of the process. */
const MOST_PLACES = 100_000_000;

/** How many places there are up to the last one. */
export function lengthUpTo(last: number): number {
  if (last >= MOST_PLACES) throw new UnreadableError(`A batch has a place that there is not: ${last}`);
  return last + 1;
}

export function parseStoredGraph(json: string): Graph {
  return parseStored(
    json,
    'The graph of a run',
    ({ id, name, nodes }: Partial<Graph>) => typeof id === 'string' && typeof name === 'string' && areNodes(nodes),
  );
}

export function parsePresented(json: string): Presented {
  return parseStored(
    json,
    'What a run has come to',
    ({ headline, facts }: Partial<Presented>) =>
      (headline === undefined || typeof headline === 'string') &&
      Array.isArray(facts) &&
      facts.every(
        fact =>
          typeof fact === 'object' &&
          fact !== null &&
          typeof fact.label === 'string' &&
          (typeof fact.value === 'string' || typeof fact.value === 'number'),
      ),
  );
}

export function parseStoredError(json: string): StoredError {
  return parseStored(
    json,
    'An error',
    ({ at, ...reason }: Partial<StoredError>) =>
      isReason(reason) && (at === undefined || (typeof at?.file === 'string' && typeof at.line === 'number')),
  );
}

function isReason(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message, fields, cause, errors } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof message === 'string' &&
    (fields === undefined || areFields(fields)) &&
    (cause === undefined || isReason(cause)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isReason)))
  );
}

function areFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(field => Object(field) !== field);
}

/** What `json` holds, if that is whole. @param what Names it in messages. */
export function parseStored<T>(json: string, what: string, isWhole: (value: Partial<T>) => boolean): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UnreadableError(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || !isWhole(value as Partial<T>))
    throw new UnreadableError(`${what} cannot be read: something of it is missing`);
  return value as T;
}

function areNodes(nodes: unknown): boolean {
  if (!Array.isArray(nodes)) return false;
  return (nodes as unknown[]).every(node => {
    if (typeof node !== 'object' || node === null) return false;
    const { path, id, kind, body, branches, members } = node as Record<string, unknown>;
    return (
      typeof path === 'string' &&
      typeof id === 'string' &&
      typeof kind === 'string' &&
      (body === undefined ||
        (typeof body === 'object' &&
          body !== null &&
          (!Reflect.get(body, 'drawn') || areNodes(Reflect.get(body, 'nodes'))))) &&
      (branches === undefined ||
        (Array.isArray(branches) &&
          branches.every(
            branch => typeof branch === 'object' && branch !== null && areNodes((branch as { nodes?: unknown }).nodes),
          ))) &&
      (members === undefined || areNodes(members))
    );
  });
}
