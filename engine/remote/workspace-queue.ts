import { lstatSync } from 'node:fs';
import path from 'node:path';
import { readRegularFileSync } from '../regular-file.ts';
import { isTheirOwn, projectFolder } from '../store/project-store.ts';
import { QueueError } from './queue-error.ts';

/*
 * The settings of a workspace, which all who work with its folder share. So far they say where its queue is. They hold
 * nothing secret, because they are copied and committed as the rest of the folder is.
 */

/** Lies beside the `.cronflow` of the project. */
const SETTINGS_FILE = 'cronflow.json';
const LARGEST_SETTINGS = 64 * 1024;
const SUCH_AS = '{ "queue": "redis://host:6379" }';

export interface WrittenQueue {
  /** The address, as it is written. */
  readonly text: string;
  readonly file: string;
}

/** The file with the settings of the project that a folder belongs to, whether or not it is there. */
export function settingsFileOf(folder: string): string {
  return path.join(projectFolder(folder), SETTINGS_FILE);
}

/** The queue that the settings of a folder's project name, or undefined where they name none. @throws QueueError */
export function writtenQueue(folder: string): WrittenQueue | undefined {
  const file = settingsFileOf(folder);
  const text = textOf(file, folder);
  if (text === undefined) return undefined;
  const settings = parsed(text, file);
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw new QueueError(`${file} is not an object. It looks like ${SUCH_AS}.`);
  const { queue, ...others } = settings as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new QueueError(
      `${file} has the setting ${JSON.stringify(other.slice(0, 100))}. It can have queue: ${SUCH_AS}.`,
    );
  if (queue === undefined) return undefined;
  if (typeof queue !== 'string') throw new QueueError(`The queue in ${file} is not a text. It looks like ${SUCH_AS}.`);
  return { text: queue, file };
}

function textOf(file: string, folder: string): string | undefined {
  try {
    if (!lstatSync(file, { throwIfNoEntry: false })) return undefined;
    if (isTheirOwn(file, folder)) return readRegularFileSync(file, LARGEST_SETTINGS).replace(/^\uFEFF/, '');
  } catch (error) {
    throw new QueueError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new QueueError(
    `${file} belongs to another user, who must not say where your batches go. Remove it, or make it yours.`,
  );
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What V8 quotes of the text may hold a password.
    const reason = error instanceof Error ? error.message.replace(/,? (?:\.\.\.)?".*$/s, '') : String(error);
    throw new QueueError(`${file} is not JSON: ${reason}. It looks like ${SUCH_AS}.`);
  }
}
