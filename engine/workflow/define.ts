import { callSite } from './callsite.ts';
import { demoOption } from './demo-option.ts';
import { durabilityOption, hooksOf, noticesOfDefine, noticesOfTrigger } from './define-options.ts';
import { HALF_A_CHARACTER, WorkflowError, describeValue } from './errors.ts';
import { Flow, type SourceLocations } from './flow.ts';
import type { Notice, Trigger } from '../../common/graph.ts';
import type { Definition, PayloadSchema } from './nodes.ts';
import { asOptions } from './options.ts';
import { register } from './registry.ts';
import { triggerOptions } from './triggers.ts';
import { workflowTests } from './test-hook.ts';
import type { WorkflowTestCoverage, WorkflowTestOptions } from './test-types.ts';
import { refuseSurplusArguments } from './surplus-arguments.ts';

/** The root flow: a chain that also declares what starts it. */
export class WorkflowFlow extends Flow {
  readonly #triggers: Trigger[];
  readonly #notices: Notice[];
  readonly #schemas: Map<string, PayloadSchema>;

  constructor(triggers: Trigger[], notices: Notice[], schemas: Map<string, PayloadSchema>, locations: SourceLocations) {
    super('', locations);
    this.#schemas = schemas;
    this.#triggers = triggers;
    this.#notices = notices;
  }

  onWebhook(path: string, options?: unknown): this {
    return this.#trigger('webhook', path, options);
  }
  onSchedule(cron: string, options?: unknown): this {
    return this.#trigger('schedule', cron, options);
  }
  onEvent(event: string, options?: unknown): this {
    return this.#trigger('event', event, options);
  }
  onInterval(interval: string | number, options?: unknown): this {
    return this.#trigger('interval', typeof interval === 'number' ? String(interval) : interval, options);
  }
  manual(): this {
    return this.#trigger('manual', '');
  }

  /** Executes the workflow for a test: see `testRun` of `cronflow/test`, by which it does it. */
  test(options?: WorkflowTestOptions): unknown {
    return options === undefined ? workflowTests().begin(this) : workflowTests().execute(this, options);
  }
  advancedTest(options?: WorkflowTestOptions): unknown {
    return this.test(options);
  }
  async getTestCoverage(): Promise<WorkflowTestCoverage> {
    return await workflowTests().coverage(this);
  }

  #trigger(kind: Trigger['kind'], on: string, options?: unknown): this {
    const at = callSite();
    if (typeof on !== 'string')
      throw new WorkflowError(`The ${kind} trigger is ${describeValue(on)}. It is a text.`, at);
    const what = `the ${kind} trigger ${describeValue(on)}`;
    if (kind !== 'manual') this.#notices.push(...noticesOfTrigger(kind, options, what, at));
    if (this.#triggers.some(other => other.kind === kind && other.on === on)) {
      this.#notices.push({ text: `${what} is there twice. Only the first one counts; take this one out.`, at });
      return this;
    }
    const given = triggerOptions(kind, on, options, at);
    this.#triggers.push({ kind, on, ...(Object.keys(given).length > 0 && { options: given }), at });
    const schema = kind === 'webhook' ? (options as { schema?: unknown } | undefined)?.schema : undefined;
    if (schema === undefined) return this;
    if (!isSchema(schema))
      throw new WorkflowError(
        `${what}: schema is ${describeValue(schema)}. It is a schema, such as z.object({ id: z.string() }) of zod.`,
        at,
      );
    this.#schemas.set(on, schema);
    return this;
  }
}

const MOST_ARGUMENTS: Readonly<Record<Exclude<keyof WorkflowFlow, keyof Flow>, number>> = {
  onWebhook: 2,
  onSchedule: 2,
  onEvent: 2,
  onInterval: 2,
  manual: 0,
  test: 1,
  advancedTest: 1,
  getTestCoverage: 0,
};
refuseSurplusArguments(WorkflowFlow.prototype, MOST_ARGUMENTS);

/** Registers a workflow and returns the flow to chain its steps to. */
export function define(options: unknown, ...surplus: unknown[]): WorkflowFlow {
  const at = callSite();
  if (surplus.length > 0)
    throw new WorkflowError('define() takes one argument, an object with all its options. Put the others into it.', at);
  const given = asOptions(options, 'define: its argument', at);
  const { id, name, description, payload } = given;
  if (typeof id !== 'string' || id.trim() === '') {
    throw new WorkflowError(
      `define: id is ${describeValue(id)}. Give the workflow an id, such as { id: 'clean-films' }.`,
      at,
    );
  }
  if (!id.isWellFormed())
    throw new WorkflowError(`define: id is ${describeValue(id)}, ${HALF_A_CHARACTER}. Give the workflow another.`, at);
  const workflow = `workflow ${describeValue(id)}`;
  if (name !== undefined && typeof name !== 'string')
    throw new WorkflowError(`${workflow}: name is ${describeValue(name)}. It is a text.`, at);
  if (description !== undefined && typeof description !== 'string')
    throw new WorkflowError(`${workflow}: description is ${describeValue(description)}. It is a text.`, at);
  if (payload !== undefined && !isSchema(payload)) {
    throw new WorkflowError(
      `${workflow}: payload is ${describeValue(payload)}. It is a schema, such as z.object({ since: z.string() }) of zod.`,
      at,
    );
  }
  const notices = noticesOfDefine(given, workflow, at);
  const hooks = hooksOf(given.hooks, workflow, at, notices);
  const durability = durabilityOption(given.durability, workflow, at);
  const demo = demoOption(given.demo, workflow, at);
  const { present } = given;
  if (present !== undefined && typeof present !== 'function')
    throw new WorkflowError(
      `${workflow}: present is ${describeValue(present)}. It is a function: present: result => ({ headline: 'a sentence', facts: [{ label: 'Sent', value: result.sent }] }).`,
      at,
    );
  const triggers: Trigger[] = [];
  const webhookSchemas = new Map<string, PayloadSchema>();
  const locations: SourceLocations = new Map();
  const flow = new WorkflowFlow(triggers, notices, webhookSchemas, locations);
  const definition: Definition = {
    id,
    name: name ?? id,
    description,
    payload,
    hooks,
    durability,
    demo,
    present: present as Definition['present'],
    notices,
    triggers,
    webhookSchemas,
    flow,
    locations,
    at,
  };
  register(definition);
  return flow;
}

function isSchema(value: unknown): value is PayloadSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('~standard' in value))
    return false;
  const standard = value['~standard'];
  return (
    typeof standard === 'object' &&
    standard !== null &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  );
}
