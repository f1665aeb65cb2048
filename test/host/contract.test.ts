import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EVENTS, METHODS, PROTOCOL } from '../../host/api/api.ts';

/*
 * Holds the shapes of host/api/api.ts and PROTOCOL together: a page of one build must not talk to a host of another as
 * if nothing had changed. With UPDATE_CONTRACT=1 it writes down what is, after PROTOCOL was raised.
 */

const RECORD = new URL('./contract.json', import.meta.url);

const recorded = JSON.parse(readFileSync(RECORD, 'utf8')) as { protocol: number; shapes: Record<string, string> };

function shapes(): Record<string, string> {
  const methods = Object.entries(METHODS).flatMap(([name, { args, result }]) => [
    [`${name} takes`, hashOf(args)],
    [`${name} gives`, hashOf(result)],
  ]);
  return Object.fromEntries([...methods, ...Object.entries(EVENTS).map(([name, payload]) => [name, hashOf(payload)])]);
}

function hashOf(schema: z.ZodType): string {
  // Descriptions are for people; instances of classes have no JSON schema, and are told apart by their position only.
  return createHash('sha256')
    .update(JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })))
    .digest('hex')
    .slice(0, 12);
}

test('the contract changes only together with PROTOCOL', () => {
  const now = shapes();
  const changed = [...new Set([...Object.keys(now), ...Object.keys(recorded.shapes)])].filter(
    name => now[name] !== recorded.shapes[name],
  );
  if (
    process.env.UPDATE_CONTRACT === '1' &&
    (changed.length === 0 || PROTOCOL > recorded.protocol || recorded.protocol === 0)
  ) {
    writeFileSync(RECORD, `${JSON.stringify({ protocol: PROTOCOL, shapes: now }, undefined, 2)}\n`);
    return;
  }
  expect(
    changed,
    `host/api/api.ts is not what PROTOCOL ${recorded.protocol} was. Raise PROTOCOL in host/api/protocol.ts, then run this test once with UPDATE_CONTRACT=1. What has changed`,
  ).toEqual([]);
  expect(
    PROTOCOL,
    'test/host/contract.json was written for another PROTOCOL: run this test once with UPDATE_CONTRACT=1',
  ).toBe(recorded.protocol);
});
