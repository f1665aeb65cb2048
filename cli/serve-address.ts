import type { ParseArgsOptionsConfig } from 'node:util';
import { exposureFault } from '../host/browser/exposure.ts';
import { readPublicUrl } from '../host/browser/site.ts';
import { text, type Arguments } from './arguments.ts';
import { fromCaller } from './caller-paths.ts';
import { readTokenFile } from './token-file.ts';
import { UsageError } from './usage.ts';

/** Where `serve` listens, how it is found, and by which token it lets in. */
export interface ServeAddress {
  readonly host?: string | undefined;
  readonly publicUrl?: URL | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

export const SERVE_ADDRESS_OPTIONS = {
  host: { type: 'string' },
  'public-url': { type: 'string' },
  'tls-in-front': { type: 'boolean' },
  'without-tls': { type: 'boolean' },
  'token-file': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** @throws UsageError if it would be open to others */
export async function readServeAddress(values: Arguments['values']): Promise<ServeAddress> {
  const host = text(values.host);
  const publicUrl = publicUrlOf(text(values['public-url']));
  const fault = await exposureFault({
    host: host ?? '127.0.0.1',
    publicUrl,
    tlsInFront: values['tls-in-front'] === true,
    withoutTls: values['without-tls'] === true,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'getaddrinfo') throw error;
    return `--host ${host} is neither an address nor a name that this machine knows (${error.code}).`;
  });
  if (fault !== undefined) throw new UsageError(fault);
  const named = text(values['token-file']);
  if (named === undefined) return { host, publicUrl };
  const tokenFile = fromCaller(named);
  return { host, publicUrl, tokenFile, token: readTokenFile(tokenFile) };
}

function publicUrlOf(given: string | undefined): URL | undefined {
  if (given === undefined) return undefined;
  try {
    return readPublicUrl(given);
  } catch (error) {
    throw new UsageError(
      `--public-url ${JSON.stringify(given)}: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
