import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventsJsonSchema, EVENT_SCHEMAS } from '../../cli/view/event-schemas.ts';
import { checkJsonEvent } from '../support/json-events.ts';

/* The published schema of the lines of `--json`. That real lines are what it says, every test that reads them shows: test/support/call.ts. */

const FILE = new URL('../../schemas/events.schema.json', import.meta.url);

test('the published file is what the program says', () => {
  const now = `${JSON.stringify(eventsJsonSchema(), undefined, 2)}\n`;
  if (process.env.UPDATE_CONTRACT === '1') writeFileSync(FILE, now);
  expect(readFileSync(FILE, 'utf8') === now, 'Run this test once with UPDATE_CONTRACT=1').toBe(true);
});

test('it is found where the package says', () => {
  const { exports, files } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    exports: Record<string, unknown>;
    files: string[];
  };
  expect(exports['./events.schema.json']).toBe('./schemas/events.schema.json');
  expect(files).toContain('schemas');
});

test('it takes lines with members of later versions, and refuses what lacks one or is of another kind', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(FILE, 'utf8')) as never);
  const line = { event: 'found', items: 1, batches: 2, probes: 3, complete: true };
  expect(schema.safeParse(line).success).toBe(true);
  expect(schema.safeParse({ ...line, later: 1 }).success).toBe(true);
  expect(schema.safeParse({ ...line, items: '1' }).success).toBe(false);
  expect(schema.safeParse({ ...line, complete: undefined }).success).toBe(false);
  expect(schema.safeParse({ event: 'unheard-of' }).success).toBe(false);
});

test('a line of ours that has more or less than it says is a fault', () => {
  expect(() => checkJsonEvent({ event: 'found', items: 1, batches: 2, probes: 3, complete: true, later: 1 })).toThrow(
    'later',
  );
  expect(() => checkJsonEvent({ event: 'watching' })).toThrow('The event watching is not what');
  expect(() => checkJsonEvent({ event: 'unheard-of' })).toThrow('is not in cli/view/event-schemas.ts');
});

test('the page about the command line has all events, and no others', () => {
  const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
  const table = page.split('| event | from | what it has |')[1]?.split('\n\n')[0] ?? '';
  const named = table
    .split('\n')
    .slice(2)
    .flatMap(row => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect([...new Set(named)].toSorted()).toEqual(Object.keys(EVENT_SCHEMAS).toSorted());
});
