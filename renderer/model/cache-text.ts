import type { AttemptRow } from '../../host/api/api.ts';

/** That a step was not executed, and where its output comes from. */
export function cacheText({ cachedRun }: Pick<AttemptRow, 'cachedRun'>): string | false {
  return cachedRun !== undefined && `from the cache of run ${cachedRun}`;
}
