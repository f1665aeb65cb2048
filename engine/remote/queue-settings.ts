import { readRegularFileSync } from '../regular-file.ts';
import { parseQueueAddress, type QueueAddress } from './queue-address.ts';
import { QueueError } from './queue-error.ts';
import { QUEUE_VARIABLES } from './queue-variables.ts';

/** All that it takes to use a queue. Data, so that it can be handed to another process over a pipe of ours. */
export interface QueueSettings {
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

/**
 * The queue that `--queue` or the environment names, or undefined where neither does. Takes what it reads out of the
 * environment, so that no process that is started later gets it.
 * @param option What `--queue` was given
 * @throws QueueError
 */
export function takeQueueSettings(option: string | undefined, environment: Environment): QueueSettings | undefined {
  const given = taken(environment);
  const named = option ?? given.address;
  if (named === undefined) return undefined;
  const address = parseQueueAddress(named);
  if (option !== undefined && address.password !== undefined)
    throw new QueueError(
      '--queue holds a password, and everybody on this machine can read the arguments of a process. ' +
        'Give the address in CRONFLOW_QUEUE instead, or the password in CRONFLOW_QUEUE_PASSWORD or CRONFLOW_QUEUE_PASSWORD_FILE.',
    );
  const ca = given.caFile === undefined ? undefined : readNamed('caFile', given.caFile, LARGEST_CA_FILE);
  return { address: withCa({ ...address, password: passwordOf(given, address) }, ca), ca, secret: secretOf(given) };
}

type Given = { readonly [name in keyof typeof QUEUE_VARIABLES]: string | undefined };

function taken(environment: Environment): Given {
  const entries = Object.entries(QUEUE_VARIABLES).map(([name, variable]) => {
    const value = environment[variable];
    delete environment[variable];
    return [name, value === '' ? undefined : value];
  });
  return Object.fromEntries(entries) as Given;
}

/** Who names an authority wants its certificates to be looked at. */
function withCa(address: QueueAddress, ca: string | undefined): QueueAddress {
  if (ca === undefined || address.tls !== 'none') return address;
  if (address.kind === 'redis')
    throw new QueueError('CRONFLOW_QUEUE_CA_FILE is for a queue with TLS: its address begins with rediss://.');
  return { ...address, tls: 'certificate-and-name' };
}

function passwordOf(given: Given, address: QueueAddress): string | undefined {
  const file = given.passwordFile;
  const ways = [address.password, given.password, file].filter(way => way !== undefined);
  if (ways.length > 1)
    throw new QueueError(
      'The password of the queue is given twice. Give it in CRONFLOW_QUEUE, in CRONFLOW_QUEUE_PASSWORD, or in the file ' +
        'that CRONFLOW_QUEUE_PASSWORD_FILE names.',
    );
  return file === undefined ? ways[0] : readNamed('passwordFile', file, LARGEST_SECRET_FILE);
}

function secretOf(given: Given): string {
  if (given.secret !== undefined && given.secretFile !== undefined)
    throw new QueueError('Both CRONFLOW_QUEUE_SECRET and CRONFLOW_QUEUE_SECRET_FILE are set. Take one away.');
  const secret =
    given.secretFile === undefined ? given.secret : readNamed('secretFile', given.secretFile, LARGEST_SECRET_FILE);
  if (secret === undefined)
    throw new QueueError(
      'A queue needs a secret that its runs and its workers share: what goes through it is signed with that. Set ' +
        'CRONFLOW_QUEUE_SECRET, or CRONFLOW_QUEUE_SECRET_FILE to a file with it. Make one with: openssl rand -hex 24',
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
