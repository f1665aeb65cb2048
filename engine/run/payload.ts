import { describeValue } from '../workflow/errors.ts';
import type { Definition, PayloadSchema } from '../workflow/nodes.ts';
import { schemaIssues, type SchemaIssue } from './schema-issues.ts';

/** The payload is not what the workflow's schema asks for. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
  readonly issues: readonly SchemaIssue[];

  constructor(message: string, issues: readonly SchemaIssue[]) {
    super(message);
    this.issues = issues;
  }
}

/** The payload as the workflow's schema makes it; without a schema, as it was given. @throws PayloadError */
export async function checkPayload(definition: Definition, payload: unknown): Promise<unknown> {
  return await checked(definition.payload, `workflow ${describeValue(definition.id)}`, payload);
}

/** The body of a webhook's request as the schema of the webhook makes it. @throws PayloadError */
export async function checkWebhook({ webhookSchemas }: Definition, path: string, payload: unknown): Promise<unknown> {
  return await checked(webhookSchemas.get(path), `the webhook ${describeValue(path)}`, payload);
}

async function checked(schema: PayloadSchema | undefined, what: string, payload: unknown): Promise<unknown> {
  if (!schema) return payload;
  const result: unknown = await schema['~standard'].validate(payload);
  if (typeof result !== 'object' || result === null)
    throw new PayloadError(`The payload schema of ${what} gave no verdict.`, []);
  if ('issues' in result && Array.isArray(result.issues) && result.issues.length > 0) {
    const issues = schemaIssues(result) ?? [
      { path: '', keys: [], text: 'it is not valid; the schema does not say why' },
    ];
    const lines = issues.map(({ path, text }) => `  payload${path}: ${text}`);
    throw new PayloadError(`The payload does not fit ${what}:\n${lines.join('\n')}`, issues);
  }
  return 'value' in result ? result.value : undefined;
}
