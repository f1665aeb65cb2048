import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a page of ours could be asked by a page of theirs, and what of it gave an answer that they could read. */
export interface Attempts {
  readonly [what: string]: string;
}

const SCRIPT = readFileSync(new URL('./hostile-page.js', import.meta.url));

/**
 * Another server on this machine, perhaps another person's: a page that tries what it can, and a record of what
 * browsers send along.
 */
export class HostileServer {
  readonly port: number;
  /** The headers of every request that came. */
  readonly heard: IncomingHttpHeaders[];
  readonly close: () => Promise<void>;

  private constructor(port: number, heard: IncomingHttpHeaders[], close: () => Promise<void>) {
    this.port = port;
    this.heard = heard;
    this.close = close;
  }

  static async open(): Promise<HostileServer> {
    const heard: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers);
      if (request.url === '/attack.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(SCRIPT);
      else
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<!doctype html><title>a nice page</title><body><script src="/attack.js"></script></body>');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new HostileServer((server.address() as AddressInfo).port, heard, async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    });
  }
}
