import { createRequire } from 'node:module';
import path from 'node:path';
import type { StoredError } from '../../../common/stored-error.ts';
import { linkOnTheWay, LinkError, writeNewInside } from '../../inside-folder.ts';
import { readRegularFileSync } from '../../regular-file.ts';
import type { Answer, ProbedItems } from '../../run/probe/answer.ts';
import { decode, encode } from '../../store/codec.ts';
import { testName, testText, type PinnedTest } from './pinned-test.ts';
import type { ProbeProcesses } from './probe-processes.ts';
import { shrinkItem, type SmallestItem } from './shrink-item.ts';
import { withoutSecretTexts } from './without-secrets.ts';

/** Items that fail, to be pinned as a test. */
export interface ItemsToPin extends Pick<PinnedTest, 'run' | 'workflow' | 'node' | 'title' | 'batch' | 'places'> {
  /** Their indices among the items that the batch has now. */
  readonly indices: readonly number[];
  /** Pin only what makes the one item fail. */
  readonly isSmallest: boolean;
}

export type PinEnd =
  | { readonly kind: 'pinned'; readonly test: PinnedTest; readonly smallest: SmallestItem | undefined }
  | { readonly kind: 'passes' }
  /** Why it cannot be pinned. */
  | { readonly kind: 'refused'; readonly why: string };

/** It would run out of time or memory again and again. */
const EXHAUSTED = { kind: 'refused', why: 'It runs out of time or memory.' } as const;

export type SmallestEnd =
  | { readonly kind: 'smallest'; readonly smallest: SmallestItem }
  | Exclude<PinEnd, { readonly kind: 'pinned' }>;

/** The smallest item that fails as this one does. The batch is open. @throws NotProbed */
export async function smallestOf(processes: ProbeProcesses, indices: readonly number[]): Promise<SmallestEnd> {
  const answer = await processes.inOne(indices, false);
  if (answer.passed) return { kind: 'passes' };
  if (answer.isExhausted === true) return EXHAUSTED;
  const [item = ''] = (await processes.inputs(indices)).inputs.items;
  return { kind: 'smallest', smallest: await shrinkItem(item, answer.error.fingerprint, processes.ofValue) };
}

/** Executes items that fail once more, and makes a test of it. The batch is open. @throws NotProbed */
export async function pinItems(processes: ProbeProcesses, pin: ItemsToPin, hasControl: boolean): Promise<PinEnd> {
  const answer = await processes.inOne(pin.indices, false);
  if (answer.passed) return { kind: 'passes' };
  if (answer.isExhausted === true) return EXHAUSTED;
  const { error } = answer;
  // An item that passes reads what comes after the failing line, too.
  if (hasControl) await processes.control();
  const { file, inputs } = await processes.inputs(pin.indices);
  if (inputs.isInside)
    return { kind: 'refused', why: 'Its batch stands in the body of another node, of which a test has no items.' };
  const [first = ''] = inputs.items;
  const smallest =
    pin.isSmallest && inputs.items.length === 1
      ? await shrinkItem(first, error.fingerprint, processes.ofValue)
      : undefined;
  const items = await withoutSecrets(smallest ? [smallest.value] : inputs.items, error, processes.ofValue);
  if (!items)
    return {
      kind: 'refused',
      why: 'It fails only with a value whose name says that it is secret, which does not belong into a test.',
    };
  const labels = await processes.labels(pin.indices);
  const test: PinnedTest = {
    ...pin,
    ...inputs,
    payload: inputs.payload === undefined ? undefined : textWithoutSecrets(inputs.payload),
    steps: inputs.steps.map(([name, text]) => [name, textWithoutSecrets(text)]),
    state: inputs.state.map(([key, text]) => [key, textWithoutSecrets(text)]),
    file,
    labels,
    error,
    items,
  };
  return { kind: 'pinned', test, smallest };
}

/** The items without secrets, if they still fail so; undefined if they do not. */
async function withoutSecrets(
  items: readonly string[],
  error: StoredError,
  probe: (items: ProbedItems) => Promise<Answer>,
): Promise<readonly string[] | undefined> {
  const texts = items.map(textWithoutSecrets);
  if (texts.every((text, index) => text === items[index])) return items;
  const answer = await probe({ texts });
  return !answer.passed && answer.error.fingerprint === error.fingerprint ? texts : undefined;
}

function textWithoutSecrets(text: string): string {
  const value = decode(text);
  const without = withoutSecretTexts(value);
  return without === value ? text : encode(without, 'value');
}

/** Where a test is. */
export interface PinnedFile {
  /** In full. */
  readonly file: string;
  /** The very same test was there already. */
  readonly wasThere: boolean;
  /** What the test needs and the folder does not find, such as `vitest`. */
  readonly missing: readonly string[];
}

/**
 * Writes a test beside its workflow. What is there is never written over.
 * @param folder The workflow lies in it: nothing is written outside.
 * @throws LinkError
 */
export function writePinned(folder: string, test: PinnedTest): PinnedFile {
  const text = testText(test);
  const [stem, ending] = testName(test);
  const beside = path.relative(folder, path.dirname(test.file));
  for (let number = 1; ; number++) {
    const name = path.join(beside, `${stem}${number === 1 ? '' : `-${number}`}${ending}`);
    const link = linkOnTheWay(folder, name);
    if (link !== undefined) throw new LinkError(link);
    const file = path.join(folder, name);
    const isNew = writeNewInside(folder, name, text);
    if (isNew || isThere(file, text)) return { file, wasThere: !isNew, missing: missingFor(file) };
  }
}

function isThere(file: string, text: string): boolean {
  try {
    return readRegularFileSync(file) === text;
  } catch {
    // A folder, or what we may not read: another name is taken.
    return false;
  }
}

function missingFor(file: string): string[] {
  const { resolve } = createRequire(file);
  return ['cronflow', 'vitest'].filter(name => {
    try {
      resolve(name === 'cronflow' ? 'cronflow/test' : name);
      return false;
    } catch (error) {
      // A package that can only be imported is there, too.
      return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    }
  });
}
