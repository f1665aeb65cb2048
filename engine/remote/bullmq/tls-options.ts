import type { ConnectionOptions } from 'node:tls';
import { isIP } from 'node:net';
import type { QueueAddress } from '../queue-address.ts';

/** What Node's TLS takes for the address, or undefined without TLS. */
export function tlsOptions(address: QueueAddress, ca: string | undefined): ConnectionOptions | undefined {
  if (address.tls === 'none') return undefined;
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    // TLS has no names for addresses: sent along, Node warns of one.
    ...(isIP(address.host) === 0 && { servername: address.host }),
    ...(address.tls === 'certificate' && { checkServerIdentity: () => undefined }),
  };
}
