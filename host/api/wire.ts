import { parse, stringify } from 'devalue';

/*
 * Messages as text, for both ends of the WebSocket. devalue supports Date, typed arrays and undefined; Error is added,
 * so that a rejection arrives as an Error.
 */

export function pack(message: unknown): string {
  return stringify(message, {
    Error: (value: unknown) => value instanceof Error && { name: value.name, message: value.message },
  });
}

/** @throws an error of devalue's for any other text */
export function unpack(text: string): unknown {
  return parse(text, {
    Error: ({ name, message }: { name: string; message: string }) => Object.assign(new Error(message), { name }),
  });
}
