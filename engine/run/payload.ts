import { describeValue } from '../workflow/errors.ts';
import type { Definition } from '../workflow/nodes.ts';

/** The payload is not what the workflow's schema asks for. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** The payload as the workflow's schema makes it; without a schema, as it was given. @throws PayloadError */
export async function checkPayload(definition: Definition, payload: unknown): Promise<unknown> {
  if (!definition.payload) return payload;
  const result: unknown = await definition.payload['~standard'].validate(payload);
  if (typeof result !== 'object' || result === null)
    throw new PayloadError(`The payload schema of ${describeValue(definition.id)} gave no verdict.`);
  const issues: unknown = 'issues' in result ? result.issues : undefined;
  if (Array.isArray(issues) && issues.length > 0) {
    const lines = issues.map(
      (issue: { message?: unknown; path?: unknown }) => `  ${pathOf(issue.path)}: ${String(issue.message)}`,
    );
    throw new PayloadError(
      `The payload does not fit workflow ${describeValue(definition.id)}:\n${lines.join('\n')}\nGive it with ` +
        `--payload '{…}' or --payload-file <path>.`,
    );
  }
  return 'value' in result ? result.value : undefined;
}

function pathOf(path: unknown): string {
  if (!Array.isArray(path) || path.length === 0) return 'payload';
  return path.reduce<string>((text, part: unknown) => {
    const key: unknown = typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
    return typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`;
  }, 'payload');
}
