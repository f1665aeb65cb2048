import type { NetworkMachine } from '../network.ts';
import { startPostgres, whyNoPostgres, type PostgresForTest } from './postgres.ts';
import { startRedis, whyNoRedis, type RedisForTest } from './redis.ts';

/* The servers that a queue can be on, for tests: real ones, each of its own, in a temporary folder. */

export interface ServerOptions {
  /** What clients must give. */
  readonly password?: string;
  /** Only with TLS, with this certificate. */
  readonly certificate?: { readonly key: string; readonly certificate: string };
  /** A machine of a network of the tests. A test itself finds it by a file, which is not of any network. @default this one */
  readonly machine?: Pick<NetworkMachine, 'address' | 'inside'>;
}

/** A server, and the troubles that a test makes for it. */
export interface ServerForTest {
  /** Where clients find it, without a password. */
  readonly url: string;
  /** Starts it again, with what it has on its disk. */
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Takes all away that it has, while it runs. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export type ServerKind = 'redis' | 'postgres';

/** Why there is none of a kind here, in a sentence; undefined when there is. For `describe.skipIf`. */
export const whyNoServer: Readonly<Record<ServerKind, string | undefined>> = {
  redis: whyNoRedis,
  postgres: whyNoPostgres,
};

export const SERVER_KINDS: readonly ServerKind[] = ['redis', 'postgres'];

/** Says aloud what is skipped where a server is missing. */
export function sayWhatIsSkipped(what: string): void {
  for (const kind of SERVER_KINDS)
    if (whyNoServer[kind] !== undefined) console.warn(`Skipped, ${what} over ${kind}: ${whyNoServer[kind]}`);
}

export function startServer(kind: ServerKind, options: ServerOptions = {}): Promise<RedisForTest | PostgresForTest> {
  return kind === 'redis' ? startRedis(options) : startPostgres(options);
}
