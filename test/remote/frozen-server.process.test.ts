import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SERVER_KINDS, sayWhatIsSkipped, startServer, whyNoServer } from '../support/servers/queue-servers.ts';
import { mailbox, open } from './queues.ts';

/* A server that keeps its connections and answers nothing, for longer than a connection may be silent. */

sayWhatIsSkipped('letters through a frozen server');

const LONGER = 12_000;

describe.for(SERVER_KINDS)('over %s', kind => {
  test.skipIf(whyNoServer[kind] !== undefined).for(['as it was just opened', 'once letters have come'])(
    'a mailbox goes on after its server was frozen, %s',
    async when => {
      const server = await startServer(kind);
      onTestFinished(() => server.close());
      const queue = await open(server);
      const [from, to] = [await mailbox(queue), await mailbox(queue)];
      if (when === 'once letters have come') {
        await from.post(to.address, 'before');
        await expect.poll(() => to.letters).toEqual(['before']);
      }
      server.freeze();
      const posted = from.post(to.address, 'into a frozen server');
      await delay(LONGER);
      expect(queue.states.at(-1)).toBe('away');
      server.thaw();
      await posted;
      await from.post(to.address, 'after');
      await expect.poll(() => to.letters).toContain('after');
      // Who read as the server froze may have been given it, and not have heard of that: then it is given out again, later.
      await expect.poll(() => to.letters, { timeout: 90_000 }).toContain('into a frozen server');
      expect(queue.states.at(-1)).toBe('connected');
    },
  );
});
