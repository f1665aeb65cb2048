import path from 'node:path';
import { decode } from '../../store/codec.ts';
import { idOf } from '../../../common/node-paths.ts';
import { locationText } from '../../../common/format.ts';
import { oneLine } from '../../../common/safe-text.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { codeOf, textCode } from './value-code.ts';

export interface PinnedTest {
  /** The workflow file. */
  readonly file: string;
  readonly workflow: string;
  readonly run: number;
  /** Path of the batch node, and what people call it. */
  readonly node: string;
  readonly title: string;
  /** The index of the batch. */
  readonly batch: number;
  /** Indices of the items in it. */
  readonly places: readonly number[];
  /** What the author calls them. */
  readonly labels: readonly (string | undefined)[];
  /** Their parts that fail were kept, and nothing else of them. */
  readonly isSmallest: boolean;
  readonly error: StoredError;
  /** All in the codec's text. */
  readonly items: readonly string[];
  readonly payload: string | undefined;
  readonly steps: readonly (readonly [name: string, text: string])[];
  readonly state: readonly (readonly [key: string, text: string])[];
  /** Steps whose output is read, but too large for a test. */
  readonly left: readonly string[];
}

/** The file of a test that fails as the items do, and passes once they pass. */
export function testText(test: PinnedTest): string {
  const values = new Values();
  const members = membersOf(test, values);
  const imports = values.needsStored ? 'executeBatch, storedValue' : 'executeBatch';
  return [
    `import { ${imports} } from 'cronflow/test';`,
    `import { test } from 'vitest';`,
    `import ${textCode(`./${path.basename(test.file)}`)};`,
    '',
    ...commentOf(test).map(line => `// ${oneLine(line, 160)}`),
    `test(${textCode(nameOf(test))}, async () => {`,
    `  await executeBatch({`,
    ...members.map(member => `    ${member},`),
    '  });',
    '});',
    '',
  ].join('\n');
}

/** Its name without a number, and its ending: `films.item-2-17`, `.test.ts`. */
export function testName({ file, batch, places }: PinnedTest): readonly [stem: string, ending: string] {
  const { name, ext } = path.parse(file);
  const [first = 0] = places;
  const ending = /^\.[mc]?js$/i.test(ext) ? '.test.mjs' : '.test.ts';
  return [`${name}.item-${batch}-${first}`, ending];
}

function membersOf({ workflow, node, items, payload, steps, state, left }: PinnedTest, values: Values): string[] {
  const named = (entries: readonly (readonly [string, string])[]) =>
    values.code(Object.fromEntries(entries.map(([name, text]) => [name, decode(text)])), entries);
  return [
    `workflow: ${textCode(workflow)}`,
    `node: ${textCode(idOf(node))}`,
    ...left.map(
      name =>
        `// It also reads the output of ${oneLine(name, 80)}, which is too large for a test: add what it needs of it to steps.\n    // steps: { … }`,
    ),
    `items: [${items.map(text => values.code(decode(text), text)).join(', ')}]`,
    ...(payload === undefined ? [] : [`payload: ${values.code(decode(payload), payload)}`]),
    ...(steps.length > 0 ? [`steps: ${named(steps)}`] : []),
    ...(state.length > 0 ? [`state: ${named(state)}`] : []),
  ];
}

function commentOf({ run, title, batch, places, labels, error, isSmallest }: PinnedTest): string[] {
  const where = error.at ? ` (${locationText({ ...error.at, file: path.basename(error.at.file) })})` : '';
  const called = labels.filter(text => text !== undefined);
  return [
    `Pinned by Cronflow: run ${run}, batch #${batch} of ${title}, item ${places.join(', ')}${called.length > 0 ? ` (${called.join(', ')})` : ''}.`,
    `It failed with ${error.name}: ${error.message}${where}.`,
    ...(isSmallest
      ? ['Only what makes it fail was kept of it. Once that is fixed, later lines may miss the rest.']
      : []),
  ];
}

function nameOf({ title, batch, places, labels }: PinnedTest): string {
  const what = places.map((place, index) => labels[index] ?? `item ${place} of batch #${batch}`).join(' and ');
  return oneLine(`${title}: ${what} ${places.length === 1 ? 'passes' : 'pass together'}`, 200);
}

/** Values as code. */
class Values {
  needsStored = false;

  /** @param stored The value in the codec's text, or its members in it: for what cannot be written as code. */
  code(value: unknown, stored: string | readonly (readonly [string, string])[]): string {
    const code = codeOf(value, '    ');
    if (code !== undefined) return code;
    if (typeof stored !== 'string') {
      const members = stored.map(([name, text]) => `[${textCode(name)}]: ${this.code(decode(text), text)}`);
      return `{ ${members.join(', ')} }`;
    }
    this.needsStored = true;
    return `storedValue(${textCode(stored)})`;
  }
}
