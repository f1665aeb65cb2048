import type { Database } from 'better-sqlite3';
import { MessagePattern, type MessagePart } from '../../common/message-pattern.ts';

const registered = new WeakSet<Database>();

/** Gives a connection `message_pattern(text)`: what texts of a group have in common, as JSON of its parts. */
export function registerMessagePattern(db: Database): void {
  if (registered.has(db)) return;
  db.aggregate('message_pattern', {
    start: () => new MessagePattern(),
    step: (pattern: MessagePattern, message: unknown) => {
      if (typeof message === 'string') pattern.add(message);
    },
    result: pattern => JSON.stringify(pattern.parts()),
    deterministic: true,
  });
  registered.add(db);
}

export function parsePattern(json: string): readonly MessagePart[] {
  return JSON.parse(json) as MessagePart[];
}
