import { createRequire } from 'node:module';
import path from 'node:path';
import { QueueError } from '../queue-error.ts';

/*
 * BullMQ and the drivers of its servers are not installed with Cronflow: who uses no queue needs none of their 20 MB.
 * They are looked for where the project's own packages are, and then where Cronflow's are. Required and not imported:
 * the modules of BullMQ that bundlers choose cannot load a driver.
 */

export type BullMq = typeof import('bullmq');
export type IoRedis = typeof import('ioredis');
export type Pg = typeof import('pg');

/** The first version with PostgreSQL as it is used here. */
const OLDEST_BULLMQ = [6, 7] as const;

interface Packages {
  readonly redis: { readonly bullmq: BullMq; readonly driver: IoRedis };
  readonly postgres: { readonly bullmq: BullMq; readonly driver: Pg };
}

const DRIVERS = { redis: 'ioredis', postgres: 'pg' } as const;
const NAMES = { redis: 'Redis', postgres: 'PostgreSQL' } as const;

/**
 * @param folder Of the project
 * @throws QueueError Says what to install
 */
export function loadPackages<Kind extends keyof Packages>(kind: Kind, folder: string): Packages[Kind] {
  const driver = DRIVERS[kind];
  const install = `npm install bullmq@6 ${driver}`;
  const missing = ['bullmq', driver].filter(name => locate(name, folder) === undefined);
  if (missing.length > 0)
    throw new QueueError(
      `A queue on ${NAMES[kind]} needs ${missing.length === 1 ? 'a package' : 'packages'} that Cronflow does not bring: ` +
        `${missing.join(' and ')}. In the folder of your project: ${install}`,
    );
  const { version } = loadOf('bullmq/package.json', folder) as { readonly version: string };
  if (!isRecent(version))
    throw new QueueError(
      `bullmq ${version} is installed, and a queue needs version ${OLDEST_BULLMQ.join('.')} or a later one of ` +
        `${OLDEST_BULLMQ[0]}. In the folder of your project: ${install}`,
    );
  return { bullmq: loadOf('bullmq', folder), driver: loadOf(driver, folder) } as Packages[Kind];
}

function isRecent(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major === OLDEST_BULLMQ[0] && (minor ?? 0) >= OLDEST_BULLMQ[1];
}

function loadOf(name: string, folder: string): unknown {
  const require = locate(name, folder);
  if (!require) throw new QueueError(`${name} is not installed.`);
  return require(name);
}

/** What can load the package, or undefined. */
function locate(name: string, folder: string): NodeJS.Require | undefined {
  const ways = [createRequire(path.join(path.resolve(folder), 'package.json')), createRequire(import.meta.url)];
  return ways.find(way => canResolve(way, name));
}

function canResolve(way: NodeJS.Require, name: string): boolean {
  try {
    way.resolve(name);
    return true;
  } catch (error) {
    // Anything else, such as a package whose manifest is broken, is for whoever installed it to see.
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return false;
    throw error;
  }
}
