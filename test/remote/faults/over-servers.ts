import { afterAll, beforeAll, describe } from 'vitest';
import {
  SERVER_KINDS,
  sayWhatIsSkipped,
  startServer,
  whyNoServer,
  type ServerForTest,
  type ServerKind,
} from '../../support/servers/queue-servers.ts';
import { CAN_BE_TOLD } from './machines.ts';

/** From the moment at which a worker dies. */
export const TAKEN_OVER_WITHIN_MS = 6_000;

/** The same tests over each kind of server: a real one, which the tests of a file share. */
export function overServers(what: string, tests: (server: () => ServerForTest, kind: ServerKind) => void): void {
  sayWhatIsSkipped(what);
  describe.for(SERVER_KINDS)(`${what}, over %s`, kind => {
    describe.skipIf(whyNoServer[kind] !== undefined || !CAN_BE_TOLD)('with a real server', () => {
      let server: ServerForTest | undefined;
      beforeAll(async () => {
        server = await startServer(kind);
      });
      afterAll(async () => {
        await server?.close();
      });
      tests(() => {
        if (!server) throw new Error('The server has not been started.');
        return server;
      }, kind);
    });
  });
}
