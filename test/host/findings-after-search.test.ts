import { expect, test } from 'vitest';
import { itemMethods } from '../../host/api/implementation/item-methods.ts';
import type { WorkspaceSession } from '../../host/workspace/workspace-session.ts';

test('an answer never says that a search has ended beside findings that were read before its end', async () => {
  const search = { run: 1, state: 'searching', batches: 2, batchesDone: 1, probes: 9, items: 1 };
  let latest = search;
  // Only the order of the two reads matters here.
  const session = {
    current: {
      store: {
        do: async () => {
          const read = { counts: { items: latest.items } };
          latest = { ...search, state: 'ended', batchesDone: 2, items: 2 };
          return read;
        },
      },
      items: { latest: () => latest },
      checks: { latest: () => undefined },
    },
  } as unknown as WorkspaceSession;
  const answer = await itemMethods(session).getFindings({ run: 1 });
  expect(answer).toMatchObject({ counts: { items: 1 }, search: { state: 'searching' } });
});
