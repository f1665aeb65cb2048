import { z } from 'zod';
import { EVENT_SCHEMAS, type EventName } from '../../cli/view/event-schemas.ts';

/* Every line of `--json` that any test reads is held against the published schema; here also a member that it does not name is a fault. */

const strict = new Map<string, z.ZodType>();

/** @throws Error when the line is not what the schema says */
export function checkJsonEvent(event: unknown): void {
  const name = typeof event === 'object' && event !== null && 'event' in event ? String(event.event) : '';
  if (!Object.hasOwn(EVENT_SCHEMAS, name))
    throw new Error(
      `The event ${JSON.stringify(name)} is not in cli/view/event-schemas.ts. Add it there, then run test/cli/event-schemas.test.ts with UPDATE_CONTRACT=1.`,
    );
  const result = strictly(name as EventName).safeParse(event);
  if (!result.success)
    throw new Error(
      `The event ${name} is not what cli/view/event-schemas.ts says: ${z.prettifyError(result.error)}\n${JSON.stringify(event).slice(0, 1_000)}`,
    );
}

function strictly(name: EventName): z.ZodType {
  const known = strict.get(name);
  if (known) return known;
  // As `output` it forbids members that it does not name.
  const schema = z.fromJSONSchema(z.toJSONSchema(EVENT_SCHEMAS[name], { io: 'output' }) as never);
  strict.set(name, schema);
  return schema;
}
