import { keyFault } from '../common/run-key.ts';
import { isDurability, type Durability } from '../common/durability.ts';
import { isWorkerCount, WORKER_COUNT_IS, type WorkerCount } from '../common/workers.ts';
import { InexactNumberError, parseExactJson } from '../common/exact-json.ts';
import { readTextFile } from './text-file.ts';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Notices } from '../engine/runner/notice/notices.ts';
import { NoticeTargetError, parseTarget } from '../engine/runner/notice/target.ts';
import type { NodeAnswers } from '../engine/run/changed-nodes/answers.ts';
import { fromCaller } from './caller-paths.ts';
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './usage.ts';
import { clip } from '../common/safe-text.ts';

const COMMON = {
  store: { type: 'string' },
  'env-file': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

export interface Arguments {
  readonly operand: string;
  /** Where a command takes two. */
  readonly second: string;
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** The options of a command, and its operands: those that it needs (`operand`, `second`), or one more that may be given (`optional`). @throws UsageError */
export function parseArguments(
  argv: readonly string[],
  command: string,
  operand: string | undefined,
  options: ParseArgsOptionsConfig = {},
  optional?: string,
  second?: string,
): Arguments {
  const known = { ...COMMON, ...options };
  const { values, positionals } = explained(
    () => parseArgs({ args: withValues(argv, known), options: known, allowPositionals: true, strict: true }),
    command,
    Object.keys(known),
  );
  const [first, ...others] = positionals;
  if (operand !== undefined && first === undefined)
    throw new UsageError(`cronflow ${command} needs ${operand}. See cronflow ${command} --help.`);
  if (second !== undefined && others[0] === undefined)
    throw new UsageError(`cronflow ${command} needs ${second}. See cronflow ${command} --help.`);
  const most =
    second !== undefined || (operand !== undefined && optional !== undefined)
      ? 2
      : operand === undefined && optional === undefined
        ? 0
        : 1;
  const surplus = positionals[most];
  if (surplus !== undefined)
    throw new UsageError(
      `cronflow ${command} does not take ${JSON.stringify(surplus)}. See cronflow ${command} --help.`,
    );
  const envFile = text(values['env-file']);
  if (envFile !== undefined) readEnvFile(envFile);
  return { operand: first ?? '', second: others[0] ?? '', values: values as Arguments['values'] };
}

/** Options whose value can be left out, with how one looks: what follows and does not look so is an operand. */
const VALUE_OF: Readonly<Record<string, RegExp>> = {
  // An address, or one whose scheme was forgotten, which is told by whoever reads it. `C:\x.ts` is a file.
  '--queue': /^[a-z][a-z\d+.-]+:\/\/|^[^/\\]+:\d+(?:\/|$)/i,
};

/** Gives an option whose value is left out an empty one: `parseArgs` knows no such options. */
function withValues(argv: readonly string[], known: ParseArgsOptionsConfig): string[] {
  const end = argv.indexOf('--');
  return argv.map((given, index) => {
    const value = (end < 0 || index < end) && given.slice(2) in known ? VALUE_OF[given] : undefined;
    return value && !value.test(argv[index + 1] ?? '') ? `${given}=` : given;
  });
}

/** Runners inherit what it sets. @throws UsageError */
function readEnvFile(file: string): void {
  try {
    process.loadEnvFile(fromCaller(file));
  } catch (error) {
    throw new UsageError(
      `--env-file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function explained<T>(parse: () => T, command: string, known: readonly string[]): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /Unknown option '--?([^']+)'/.exec(error.message)?.[1];
    if (unknown === undefined)
      throw new UsageError(`cronflow ${command}: ${valueFault(error.message)} See cronflow ${command} --help.`);
    throw new UsageError(`cronflow ${command} has no option --${unknown}. ${didYouMean(unknown, known, '--')}`);
  }
}

/** What Node says of the value of an option, in a sentence. */
function valueFault(message: string): string {
  const option = /--[\w-]+/.exec(message)?.[0];
  if (message.includes('argument missing')) return `${option} needs a value.`;
  if (message.includes('is ambiguous'))
    return `${option} needs a value. Write one that begins with a dash as ${option}=-….`;
  if (message.includes('does not take an argument')) return `${option} takes no value.`;
  return `${message.split('. To specify')[0]}.`;
}

export function text(value: Arguments['values'][string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function runNumber(operand: string): number {
  if (!/^[1-9]\d{0,14}$/.test(operand))
    throw new UsageError(
      `${JSON.stringify(clip(operand, 100))} is not the number of a run. List them with: cronflow runs`,
    );
  return Number(operand);
}

/** Where the workflow file of a run is now, when its caller says so. */
export function movedFile(values: Arguments['values']): string | undefined {
  const file = text(values.file);
  return file === undefined ? undefined : fromCaller(file);
}

/** For a run whose file has changed: what became of its nodes. Each may be given several times. */
export const NODE_OPTIONS = {
  renamed: { type: 'string', multiple: true },
  discard: { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig;

/** What the checkpoints of the run are to survive. */
export const DURABILITY_OPTION = { durability: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

/** From `--durability full`. @throws UsageError */
export function durabilityOf({ durability }: Arguments['values']): Durability | undefined {
  if (durability === undefined || isDurability(durability)) return durability;
  throw new UsageError(`--durability ${JSON.stringify(clip(String(durability), 100))}: it is normal or full.`);
}

/** From `--key films-2024-06-01`. @throws UsageError */
export function keyOf({ key }: Arguments['values']): string | undefined {
  if (key === undefined) return undefined;
  const fault = keyFault(key);
  if (fault === undefined) return String(key);
  throw new UsageError(`--key ${JSON.stringify(clip(String(key), 100))} cannot be one: ${fault}.`);
}

/** Who is told when the run has ended. */
export const NOTICE_OPTIONS = {
  'on-failure': { type: 'string' },
  'on-finish': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** From `--on-failure` and `--on-finish`. @throws UsageError */
export function noticesOf(values: Arguments['values']): Notices {
  const given = (option: string) => {
    const target = text(values[option]);
    if (target === undefined) return undefined;
    try {
      parseTarget(target);
    } catch (error) {
      if (error instanceof NoticeTargetError) throw new UsageError(`--${option}: ${error.message}`);
      throw error;
    }
    return target;
  };
  const [onFailure, onFinish] = [given('on-failure'), given('on-finish')];
  return { ...(onFailure !== undefined && { onFailure }), ...(onFinish !== undefined && { onFinish }) };
}

export const CACHE_OPTION = { 'no-cache': { type: 'boolean' } } as const;
/** How many processes execute batches. */
export const WORKERS_OPTION = { workers: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

/** From `--workers 4` or `--workers auto`. @throws UsageError */
export function workersOf({ workers }: Arguments['values']): WorkerCount | undefined {
  if (workers === undefined) return undefined;
  const count = typeof workers === 'string' && /^\d{1,4}$/.test(workers) ? Number(workers) : workers;
  if (isWorkerCount(count)) return count;
  throw new UsageError(
    `--workers ${JSON.stringify(clip(String(workers), 100))} is no number of workers. ${WORKER_COUNT_IS}`,
  );
}

/** From `--renamed old=new` and `--discard name`. @throws UsageError */
export function nodeAnswers({ renamed, discard }: Arguments['values']): NodeAnswers {
  return {
    ...(Array.isArray(renamed) && { renamed: renamed.map(rename) }),
    ...(Array.isArray(discard) && { discard }),
  };
}

function rename(given: string): { from: string; to: string } {
  // The new name is in the file, and is told where it is wrong; the old one may have an = in it.
  const at = given.lastIndexOf('=');
  if (at < 1 || at === given.length - 1)
    throw new UsageError(`--renamed ${JSON.stringify(clip(given, 100))}: write the old name and the new, as old=new.`);
  return { from: given.slice(0, at), to: given.slice(at + 1) };
}

/** A whole number of at least 1. @throws UsageError */
export function positiveNumber(option: string, given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new UsageError(`--${option} ${JSON.stringify(clip(given, 100))} is not a number of at least 1.`);
  return Number(given);
}

/** Whoever names more of them can say `all`. */
const MOST_INDICES = 1_000_000;

/** `failed`, `all`, or indices such as `0,4,7-9`. */
export function batchSelection(given: string | undefined): 'failed' | 'all' | number[] {
  if (given === undefined || given === 'failed') return 'failed';
  if (given === 'all') return 'all';
  const shown = `--batches ${JSON.stringify(clip(given, 100))}`;
  return numbersIn(
    given,
    `${shown}: write failed, all, or indices from 0 such as 0,4,7-9.`,
    `${shown} names more than ${MOST_INDICES} batches. Name fewer, or all.`,
  );
}

/** The numbers of runs, such as `4` or `4,7-9`. @throws UsageError */
export function runNumbers(operand: string): number[] {
  const shown = JSON.stringify(clip(operand, 100));
  const wrong = `${shown} are not numbers of runs, such as 4 or 4,7-9. List them with: cronflow runs`;
  const runs = numbersIn(operand, wrong, `${shown} names more than ${MOST_INDICES} runs. Name fewer.`);
  if (runs.includes(0)) throw new UsageError(wrong);
  return runs;
}

/** Numbers and ranges of them, with commas in between, each once. @throws UsageError */
function numbersIn(given: string, wrong: string, tooMany: string): number[] {
  const numbers = new Set<number>();
  for (const part of given.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,15})(?:-(\d{1,15}))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (from === undefined || last < first) throw new UsageError(wrong);
    if (last - first < MOST_INDICES) for (let index = first; index <= last; index++) numbers.add(index);
    if (last - first >= MOST_INDICES || numbers.size > MOST_INDICES) throw new UsageError(tooMany);
  }
  return [...numbers];
}

/** The payload from `--payload` or `--payload-file` (`-`: standard input); without either, an empty object. */
export function payloadOf(values: Arguments['values']): unknown {
  const inline = text(values.payload);
  const file = text(values['payload-file']);
  if (inline !== undefined && file !== undefined)
    throw new UsageError('--payload and --payload-file mean the same. Give one of them.');
  if (inline !== undefined) return parseJson(inline, '--payload');
  if (file !== undefined) return parseJson(readPayload(file), file);
  return {};
}

function readPayload(file: string): string {
  try {
    return readTextFile(file === '-' ? process.stdin.fd : fromCaller(file));
  } catch (error) {
    throw new UsageError(
      `--payload-file ${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @throws UsageError */
export function parseJson(json: string, where: string): unknown {
  try {
    return parseExactJson(json);
  } catch (error) {
    if (error instanceof InexactNumberError) throw new UsageError(`${where}: ${error.message}`);
    throw new UsageError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
