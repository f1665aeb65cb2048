import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../cli/arguments.ts';
import { temporaryFolder } from '../support/runs.ts';

const inline = (payload: string) => payloadOf({ payload });
const ofFile = (bytes: Buffer) => {
  const file = path.join(temporaryFolder(), 'p.json');
  writeFileSync(file, bytes);
  return payloadOf({ 'payload-file': file });
};

describe('a payload', () => {
  test('has no number that would become another one', () => {
    expect(() => inline('{"id": 9007199254740993}')).toThrow(
      '--payload: id is 9007199254740993, which is larger than a number can hold exactly. Write it as a text: "9007199254740993".',
    );
    expect(() => inline('{"rows": [{"a": 1}, {"a": -9007199254740993}]}')).toThrow('rows[1].a is -9007199254740993');
    expect(() => inline('1e400')).toThrow('It is 1e400');
    expect(
      inline('{"a": 9007199254740991, "b": 0.1, "c": 9007199254740992, "d": 1e21, "e": "9007199254740993"}'),
    ).toEqual({
      a: Number.MAX_SAFE_INTEGER,
      b: 0.1,
      c: 2 ** 53,
      d: 1e21,
      e: '9007199254740993',
    });
  });

  test('is read from files with a byte order mark, and in UTF-16', () => {
    const json = '{"id":1,"of":"Zürich 🎬"}';
    const value = { id: 1, of: 'Zürich 🎬' };
    const marked = `\ufeff${json}`;
    for (const bytes of [
      Buffer.from(json),
      Buffer.from(marked),
      Buffer.from(json, 'utf16le'),
      Buffer.from(marked, 'utf16le'),
      Buffer.from(marked, 'utf16le').swap16(),
    ])
      expect(ofFile(bytes)).toEqual(value);
    expect(() => ofFile(Buffer.from(json, 'latin1'))).toThrow(
      'could not be read: it is not text in UTF-8. Save it as UTF-8',
    );
  });
});
