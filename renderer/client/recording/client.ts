import type { Args, BatchDetail, MethodName, Result, StudioApi } from '../../../host/api/api.ts';
import { callKey, type Recording } from '../../../host/api/recording.ts';
import { safeToShow } from '../../model/shown-text.ts';
import { BatchTables } from './batch-table.ts';
import { eventsOfBatch } from './batch-events.ts';
import { logsOf } from './log-table.ts';
import { openPart, type Parts } from './open.ts';
import { stretchOf } from './timeline.ts';

type Answer = (args: never) => unknown;

/** Not in an exported file: said in the place where it would be. */
class NotInFileError extends Error {
  override readonly name = 'NotInFileError';
}

/** Of a file that somebody else has made: throws where an answer is none of its method. */
export type CheckAnswer = (method: MethodName, answer: unknown) => unknown;

/** Answers from a recording instead of a host. Nothing can be run or changed with it. */
export function recordedClient(
  recording: Recording,
  parts: Parts,
  check: CheckAnswer = (_method, answer) => answer,
): { readonly api: StudioApi; close(): void } {
  const answers = answersOf(recording, parts, check);
  const api = new Proxy({} as StudioApi, {
    get: (_target, method: MethodName) => async (args: Readonly<Record<string, unknown>>) =>
      safeToShow(await check(method, await answerTo(answers, method, args))),
  });
  return { api, close: () => undefined };
}

async function answerTo(
  answers: Answers,
  method: MethodName,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const compute = answers.computed[method];
  if (compute) return compute(args as never);
  if (method === 'getLogEvents') return await eventsAsked(answers, args as Args<'getLogEvents'>);
  return await recordedAnswer(answers, method, args);
}

/** Those of the run are recorded; those of a batch are in what is known of it. */
async function eventsAsked(answers: Answers, args: Args<'getLogEvents'>): Promise<Result<'getLogEvents'>> {
  const { run, scope, node, from, limit } = args;
  const { events, more } = (
    scope === undefined || scope === 0
      ? await recordedAnswer(answers, 'getLogEvents', { run, ...(scope !== undefined && { scope }) })
      : {
          events: eventsOfBatch((await recordedAnswer(answers, 'getBatch', { run, scope })) as BatchDetail),
          more: false,
        }
  ) as Result<'getLogEvents'>;
  const path = node === undefined ? undefined : answers.pathOf(node);
  const meant = events.filter(event => event.at >= from && (path === undefined || event.path === path));
  return { events: meant.slice(-limit), more: more || meant.length > limit };
}

async function recordedAnswer(
  { recorded, elsewhere, details }: Pick<Answers, 'recorded' | 'elsewhere' | 'details'>,
  method: MethodName,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const key = callKey(method, args);
  if (Object.hasOwn(recorded, key)) return recorded[key];
  const later = await elsewhere(key);
  if (later !== undefined) return later;
  const calls = typeof args['scope'] === 'number' ? await details(args['scope']) : undefined;
  if (calls && Object.hasOwn(calls, key)) return calls[key];
  if (typeof args['scope'] === 'number' && !calls)
    throw new NotInFileError(
      'This file has this batch in its lists only. It holds all details of failed batches, as far as there is room, and of a sample of the others.',
    );
  if (method === 'getEffects') return { effects: [], more: false };
  throw new NotInFileError('This is not in the file.');
}

interface Answers {
  readonly computed: Partial<Record<MethodName, Answer>>;
  readonly recorded: Readonly<Record<string, unknown>>;
  readonly pathOf: (node: number) => string | undefined;
  /** An answer that is in a part of its own. */
  readonly elsewhere: (key: string) => Promise<unknown>;
  /** The answers about a batch; undefined of one whose details are not in the file. */
  readonly details: (scope: number) => Promise<Readonly<Record<string, unknown>> | undefined>;
}

function answersOf(recording: Recording, parts: Parts, check: CheckAnswer): Answers {
  const { run, calls } = recording;
  const batches = new BatchTables(recording);
  const recorded = <M extends MethodName>(method: M, args: Args<M>): Result<M> =>
    check(method, calls[callKey(method, args)]) as Result<M>;
  const { item } = recorded('getRun', { run });
  const isAsked = ({ run: asked }: { run: number }) => asked === run;
  const computed: { [M in MethodName]?: (args: Args<M>) => Result<M> } = {
    getWorkspace: () => ({ folder: '', name: '', files: [], trust: { state: 'trusted' }, recent: [] }),
    listRuns: ({ before, search, statuses }) =>
      before === undefined && search === undefined && (!statuses || statuses.includes(item.status)) ? [item] : [],
    getPinnedRuns: () => ({ runs: [] }),
    getHistories: () => ({ workflows: [] }),
    getDebugging: () => ({}),
    // Nobody can answer here what a run waits for.
    getWaits: () => ({ waits: [], total: 0 }),
    // Each is a run, and a file, of its own.
    getParts: () => ({ parts: [], total: 0, failed: 0 }),
    getGivenPayload: () => null,
    getInterrupted: () => ({ runs: [], resumesByItself: false }),
    getSavedChange: () => ({ files: [] }),
    unwatchRun: () => ({}),
    getRun: args => {
      if (!isAsked(args)) throw new NotInFileError(`This file holds run ${run}. Run ${args.run} is not in it.`);
      return recorded('getRun', { run });
    },
    // A page changes what it is given here.
    watchRun: () => structuredClone(recorded('watchRun', { run })),
    listBatches: args => batches.listBatches(args),
    findBatch: args => batches.findBatch(args),
    getScopes: args => batches.getScopes(args),
    getCells: args => batches.getCells(args),
    nextFailed: args => batches.nextFailed(args),
    getOverlay: ({ node, by }) => {
      if (by === 'duration') return batches.durations(node);
      return by === 'worker' ? batches.workers(node) : recorded('getOverlay', { run, node, by });
    },
    getLogs: args => logsOf(recording, batches, args),
    getTimeline: args => stretchOf(recorded('getTimeline', { run, columns: 10 }), args),
    getSetAside: ({ after, limit }) => {
      const { items, total } = recorded('getSetAside', { run, limit: 1 });
      const from = after ? items.findIndex(item => item.scope === after.scope && item.item === after.item) + 1 : 0;
      return { items: items.slice(from, from + limit), total };
    },
  };
  return {
    computed: computed as Partial<Record<MethodName, Answer>>,
    recorded: calls,
    pathOf: wanted => recording.nodes.find(({ node }) => node === wanted)?.path,
    elsewhere: async key => {
      const part = recording.elsewhere[key];
      return part === undefined ? undefined : (await openPart(parts, part)).calls[key];
    },
    details: detailsOf(recording, parts),
  };
}

/** Each part is opened once, when a batch in it is first looked at. */
function detailsOf({ details }: Recording, parts: Parts): Answers['details'] {
  const partOf = new Map([...details.scopes].map((scope, at) => [scope, details.parts[at] ?? 0]));
  const opened = new Map<number, Promise<Readonly<Record<string, unknown>>>>();
  return async scope => {
    const part = partOf.get(scope);
    if (part === undefined) return undefined;
    const open = opened.get(part) ?? openPart(parts, part).then(({ calls }) => calls);
    opened.set(part, open);
    return await open;
  };
}
