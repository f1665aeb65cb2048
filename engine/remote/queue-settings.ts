import { readRegularFileSync } from '../regular-file.ts';
import { parseQueueAddress, shownAddress, type QueueAddress } from './queue-address.ts';
import { QueueError } from './queue-error.ts';
import { QUEUE_VARIABLES } from './queue-variables.ts';
import { writtenQueue } from './workspace-queue.ts';

/** Where a queue is, and who says so. */
export interface NamedQueue {
  readonly address: QueueAddress;
  /** What names it, for messages: `--queue`, `CRONFLOW_QUEUE`, or the path of a file with settings. */
  readonly from: string;
}

/** All that it takes to use a queue. Data, so that it can be handed to another process over a pipe of ours. */
export interface QueueSettings extends NamedQueue {
  /** Also with its password, wherever that came from. */
  readonly address: QueueAddress;
  /** Certificates of the authority to be trusted, as PEM. Without: those that Node trusts. */
  readonly ca: string | undefined;
  /** Signs all that goes through the queue. */
  readonly secret: string;
}

type Environment = Record<string, string | undefined>;

/** Of letters and digits, this many are more than anybody can try. */
const SHORTEST_SECRET = 16;
const LARGEST_SECRET_FILE = 4_096;
const LARGEST_CA_FILE = 1024 * 1024;

/** What the environment says of queues. */
export type QueueEnvironment = { readonly [name in keyof typeof QUEUE_VARIABLES]: string | undefined };

/** Takes it out of the environment, so that no process that is started later gets it. */
export function takeQueueEnvironment(environment: Environment): QueueEnvironment {
  const entries = Object.entries(QUEUE_VARIABLES).map(([name, variable]) => {
    const value = environment[variable];
    delete environment[variable];
    return [name, value === '' ? undefined : value];
  });
  return Object.fromEntries(entries) as QueueEnvironment;
}

/**
 * The queue that `--queue` or the environment names, or undefined where neither does.
 * @param option What `--queue` was given
 * @throws QueueError
 */
export function givenQueue(option: string | undefined, given: QueueEnvironment): QueueSettings | undefined {
  const from = option === undefined ? 'CRONFLOW_QUEUE' : '--queue';
  const named = option ?? given.address;
  if (named === undefined) return undefined;
  const address = parsed(named, from);
  if (option !== undefined && address.password !== undefined)
    throw new QueueError(
      '--queue holds a password, and everybody on this machine can read the arguments of a process. ' +
        'Give the address in CRONFLOW_QUEUE instead, or the password in CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE.',
    );
  return queueSettings({ address, from }, given);
}

/** The queue that the settings of a folder's project name, or undefined where they name none. @throws QueueError */
export function queueOfFolder(folder: string): NamedQueue | undefined {
  const written = writtenQueue(folder);
  if (!written) return undefined;
  const { text, file } = written;
  const address = parsed(text, file);
  if (address.password !== undefined)
    throw new QueueError(
      `The queue in ${file} holds a password, and everybody who gets a copy of the folder can read it there. Write the ` +
        'address without it, and give the password in CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE.',
    );
  return { address, from: file };
}

/** All that it takes to use a queue. @throws QueueError when something is missing */
export function queueSettings({ address, from }: NamedQueue, given: QueueEnvironment): QueueSettings {
  const ca = given.caFile === undefined ? undefined : readNamed('caFile', given.caFile, LARGEST_CA_FILE);
  const password = passwordOf(given, address);
  return { address: withCa({ ...address, password }, ca), from, ca, secret: secretOf(given, { address, from }) };
}

/** How messages name a queue: where it is, and who says so. */
export function nameOfQueue({ address, from }: NamedQueue): string {
  return `${shownAddress(address)} (from ${from})`;
}

function parsed(text: string, from: string): QueueAddress {
  try {
    return parseQueueAddress(text);
  } catch (error) {
    if (error instanceof QueueError) throw new QueueError(`${from}: ${error.message}`);
    throw error;
  }
}

/** Who names an authority wants its certificates to be looked at. */
function withCa(address: QueueAddress, ca: string | undefined): QueueAddress {
  if (ca === undefined || address.tls !== 'none') return address;
  if (address.kind === 'redis')
    throw new QueueError('CRONFLOW_QUEUE_CA_FILE is for a queue with TLS: its address begins with rediss://.');
  return { ...address, tls: 'certificate-and-name' };
}

function passwordOf(given: QueueEnvironment, address: QueueAddress): string | undefined {
  const file = given.passwordFile;
  const ways = [address.password, given.password, file].filter(way => way !== undefined);
  if (ways.length > 1)
    throw new QueueError(
      'The password of the queue is given twice. Give it in CRONFLOW_QUEUE, in CRONFLOW_QUEUE_PASSWORD, or in the file ' +
        'that CRONFLOW_QUEUE_PASSWORD_FILE names.',
    );
  return file === undefined ? ways[0] : readNamed('passwordFile', file, LARGEST_SECRET_FILE);
}

function secretOf(given: QueueEnvironment, named: NamedQueue): string {
  if (given.secret !== undefined && given.secretFile !== undefined)
    throw new QueueError('Both CRONFLOW_QUEUE_SECRET and CRONFLOW_QUEUE_SECRET_FILE are set. Take one away.');
  const secret =
    given.secretFile === undefined ? given.secret : readNamed('secretFile', given.secretFile, LARGEST_SECRET_FILE);
  if (secret === undefined)
    throw new QueueError(
      `The queue at ${nameOfQueue(named)} needs a secret that its runs and its workers share: what goes through it is signed ` +
        'with that. Set CRONFLOW_QUEUE_SECRET, or CRONFLOW_QUEUE_SECRET_FILE to a file with it. Make one with: openssl rand -hex 24',
    );
  if (secret.length < SHORTEST_SECRET)
    throw new QueueError(
      `The secret of the queue has ${secret.length} characters, and needs at least ${SHORTEST_SECRET}. ` +
        'Make one with: openssl rand -hex 24',
    );
  return secret;
}

/** A file without the end of its last line, which editors and `echo` add. */
function readNamed(which: 'passwordFile' | 'secretFile' | 'caFile', file: string, most: number): string {
  let text: string;
  try {
    text = readRegularFileSync(file, most).replace(/\r?\n$/, '');
  } catch (error) {
    throw new QueueError(
      `${QUEUE_VARIABLES[which]} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (text === '') throw new QueueError(`${QUEUE_VARIABLES[which]} names ${file}, which is empty.`);
  return text;
}
