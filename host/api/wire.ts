import { parse, stringify } from 'devalue';

/*
 * Messages as text, for the WebSocket; both of its ends use this. devalue keeps Date, typed arrays and undefined;
 * Error is added, so that a refusal arrives as one.
 */

export function pack(message: unknown): string {
  return stringify(message, {
    Error: (value: unknown) => value instanceof Error && { name: value.name, message: value.message },
  });
}

/** @throws whatever devalue throws for what is not such a text */
export function unpack(text: string): unknown {
  return parse(text, {
    Error: ({ name, message }: { name: string; message: string }) => Object.assign(new Error(message), { name }),
  });
}
