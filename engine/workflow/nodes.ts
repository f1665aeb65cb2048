import type { CachePolicy } from './cache-option.ts';
import type { Durability } from '../../common/durability.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { DemoOptions } from './demo-option.ts';
import type { BatchPolicy, RetryPolicy } from './options.ts';
import type { Flow, SourceLocations } from './flow.ts';
import type { Notice, Trigger } from '../../common/graph.ts';
import type { BatchKind, NodeKind } from '../../common/node-kinds.ts';

/*
 * What a workflow is made of once it has been built. The engine hands handlers a context whose exact type only
 * the author's chain knows (types.ts); down here it is `never` in, `unknown` out, and types.ts vouches for the rest.
 */
export type Handler = (context: never) => unknown;
export type Condition = (context: never) => unknown;
export type Body = (items: never, flow: never) => unknown;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What people see of a node. */
export interface NodeWords {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Singular and plural of what a batch counts: `['film', 'films']`. */
  readonly unit?: readonly [string, string] | undefined;
  /** A cause of failure in plain words. */
  readonly explain?: ((error: Error) => string) | undefined;
  /** What people call one item of a batch. */
  readonly label?: ((item: unknown) => unknown) | undefined;
}

interface NodeBase extends NodeWords {
  /** Unique within its scope: the workflow, or one body. */
  readonly id: string;
  readonly at: SourceLocation | undefined;
}

/** Retry, timeout, delay and fallback of the step before; set by the builder's modifiers. */
export interface StepRules {
  retry?: RetryPolicy;
  timeout?: number;
  delay?: number;
  onError?: Handler;
  /** A later run is given its output. Only of a step: an action has none. */
  cache?: CachePolicy;
  /** The handler changes nothing outside: a probe may call it without asking. */
  pure?: boolean;
}

export interface StepNode extends NodeBase {
  readonly kind: 'step' | 'action';
  readonly handler: Handler;
  readonly rules: StepRules;
}

export interface BranchNode extends NodeBase {
  readonly kind: 'if';
  /** In the order they are asked; the one without a condition is `else`, and last. */
  readonly branches: Branch[];
}

export interface Branch extends NodeBase {
  readonly condition: Condition | undefined;
  readonly nodes: FlowNode[];
}

export interface BatchNode extends NodeBase {
  readonly kind: BatchKind;
  readonly items: unknown;
  readonly policy: BatchPolicy;
  readonly body: Body;
}

/** `parallel` succeeds when all its members do, `race` with the first that does. */
export interface ParallelNode extends NodeBase {
  readonly kind: 'parallel' | 'race';
  readonly members: readonly StepNode[];
  /** Whether the author gave, and gets back, an array or a record. */
  readonly keyed: boolean;
  /** Of each member, but for `onError`, which is for the node as a whole. */
  readonly rules: StepRules;
  /** How many members run at a time; undefined: all. */
  readonly maxConcurrency: number | undefined;
  /** Milliseconds for all members together; undefined: no limit. */
  readonly timeout: number | undefined;
}

export interface WhileNode extends NodeBase {
  readonly kind: 'while';
  readonly condition: Condition;
  readonly body: (flow: never) => unknown;
  readonly maxRounds: number;
}

export interface SleepNode extends NodeBase {
  readonly kind: 'sleep';
  /** Or what gives it, as an author writes a duration. */
  readonly ms: number | Handler;
}

/** Waits until a person has decided. */
export interface HumanNode extends NodeBase {
  readonly kind: 'humanInTheLoop';
  /** Milliseconds; undefined: for as long as it takes. */
  readonly timeout: number | undefined;
  /** Tells whoever is to decide. Called with the token, once that is stored. */
  readonly onPause: ((context: never, token: string) => unknown) | undefined;
  readonly onTimeout: Handler | undefined;
  /** What is shown to whoever decides. @default The last output */
  readonly payload: Handler | undefined;
}

export type EventRule = (event: unknown, context: unknown) => unknown;

/** Waits until an event of this name is published. */
export interface EventNode extends NodeBase {
  readonly kind: 'waitForEvent';
  readonly event: string;
  readonly timeout: number | undefined;
  /** Whether an event of this name is the one that is meant. */
  readonly filter: EventRule | undefined;
  /** `true`, or why an event that is meant is wrong. */
  readonly validate: EventRule | undefined;
}

/** Runs another workflow, in a run of its own. */
export interface SubflowNode extends NodeBase {
  readonly kind: 'subflow';
  /** The id of the other workflow. */
  readonly workflow: string;
  /** The payload of its run, or a function of `ctx` that gives it. */
  readonly input: unknown;
  readonly rules: StepRules;
}

export type DurableWaitNode = HumanNode | EventNode;

export interface LogNode extends NodeBase {
  readonly kind: 'log';
  readonly message: unknown;
  readonly level: LogLevel;
}

export interface CancelNode extends NodeBase {
  readonly kind: 'cancel';
  readonly reason: string | undefined;
}

/** What a node of each kind is made of. */
interface NodesByKind {
  readonly step: StepNode;
  readonly action: StepNode;
  readonly if: BranchNode;
  readonly batch: BatchNode;
  readonly forEach: BatchNode;
  readonly parallel: ParallelNode;
  readonly race: ParallelNode;
  readonly while: WhileNode;
  readonly sleep: SleepNode;
  readonly humanInTheLoop: HumanNode;
  readonly waitForEvent: EventNode;
  readonly subflow: SubflowNode;
  readonly log: LogNode;
  readonly cancel: CancelNode;
}

export type NodeOf<K extends NodeKind> = NodesByKind[K];
export type FlowNode = NodesByKind[NodeKind];

/** What of a node's options is drawn with it; functions are drawn as `true`. */
const SETTINGS: { readonly [K in NodeKind]: (node: NodeOf<K>) => object } = {
  step: rulesOf,
  action: rulesOf,
  if: () => ({}),
  batch: ({ policy }) => policy,
  forEach: ({ policy }) => policy,
  // A timeout of each member is drawn with the members.
  parallel: ({ rules, maxConcurrency, timeout }) => ({ ...rules, maxConcurrency, timeout }),
  race: rulesOf,
  while: ({ maxRounds }) => ({ maxRounds }),
  sleep: ({ ms }) => ({ ms }),
  humanInTheLoop: ({ timeout, onPause, onTimeout }) => ({ timeout, onPause, onTimeout }),
  waitForEvent: ({ event, timeout, filter, validate }) => ({ event, timeout, filter, validate }),
  subflow: ({ workflow, rules }) => ({ workflow, ...rules }),
  log: ({ level, message }) => ({ level, ...(typeof message === 'string' && { message }) }),
  cancel: ({ reason }) => ({ reason }),
};

function rulesOf({ rules }: StepNode | ParallelNode): object {
  return rules;
}

export function settingsOf(node: FlowNode): object {
  // A node's kind says which of the table's functions takes it, which TypeScript cannot follow.
  return SETTINGS[node.kind](node as never);
}

/** The part of Standard Schema (https://standardschema.dev) the engine needs to check a payload; zod 4 has it. */
export interface PayloadSchema {
  readonly '~standard': { readonly validate: (value: unknown) => unknown };
}

/** Called once a run has ended and that is stored. */
export type Hook = (context: never) => unknown;

export interface Hooks {
  readonly onSuccess?: Hook | undefined;
  readonly onFailure?: Hook | undefined;
}

/** One `cronflow.define(...)` and everything that was chained to it. */
export interface Definition extends NodeWords {
  readonly id: string;
  readonly name: string;
  readonly payload: PayloadSchema | undefined;
  readonly hooks: Hooks;
  readonly durability: Durability | undefined;
  readonly demo: DemoOptions | undefined;
  /** What the result of a run says to people. */
  readonly present: ((result: never) => unknown) | undefined;
  /** Some are added while the file is loaded. */
  readonly notices: Notice[];
  readonly triggers: Trigger[];
  /** What the body of a webhook's request has to be, by its path. */
  readonly webhookSchemas: ReadonlyMap<string, PayloadSchema>;
  readonly flow: Flow;
  readonly locations: SourceLocations;
  readonly at: SourceLocation | undefined;
}
