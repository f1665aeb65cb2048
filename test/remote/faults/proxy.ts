import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.ts';

/** A way to a server that a test can cut: what is on it then gets lost, and nothing comes through until it is mended. */
export interface Way {
  readonly url: string;
  /** Ends connections, and refuses others. */
  cut(): void;
  /** Lets connections be, and passes nothing on: as where a cable is pulled out. */
  silence(): void;
  mend(): void;
}

export async function wayTo(url: string): Promise<Way> {
  const target = new URL(url);
  const there = { host: target.hostname, port: Number(target.port) };
  const port = await freePort();
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';
  const server = createServer(client => {
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const beyond = connect(there);
    for (const socket of [client, beyond]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    const pass = (from: Socket, to: Socket) => {
      from.on('data', data => {
        if (state === 'open') to.write(data);
      });
      from.on('close', () => to.destroy());
    };
    pass(client, beyond);
    pass(beyond, client);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    server.close();
    end();
  });
  target.hostname = '127.0.0.1';
  target.port = `${port}`;
  return {
    url: target.href,
    cut: () => {
      state = 'cut';
      end();
    },
    silence: () => {
      state = 'silent';
    },
    mend: () => {
      // What has been lost on the way, no connection can make good.
      if (state === 'silent') end();
      state = 'open';
    },
  };
}
