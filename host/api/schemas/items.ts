import { z } from 'zod';
import { FOUND, UNCERTAIN } from '../../../common/findings.ts';
import { location, problem, runId, scopeId } from './common.ts';

/** What an item fails with, without the stack. */
export const itemError = z.object({
  name: z.string(),
  message: z.string(),
  explain: z.string().optional(),
  /** The cause: FailureCause.fingerprint. */
  fingerprint: z.string(),
  at: location.optional(),
});

/** An item of a failed batch that makes it fail. */
export const itemAtFault = z.object({
  scope: scopeId,
  /** Path of the batch node. */
  path: z.string(),
  /** The index of its batch, in the scope `parent`. */
  batch: z.number(),
  parent: scopeId,
  /** Its index among the items that the batch was created with, from 0. */
  item: z.number(),
  /** Its index among those that the batch has now: it goes without what is set aside. */
  row: z.number(),
  /** Its place in the source of the batch node, from 0. */
  position: z.number(),
  /** What the author calls it. */
  label: z.string().optional(),
  found: z.enum(FOUND).exclude(['limit']),
  error: itemError,
  /** Which of its members was read last before it failed. */
  member: z.string().optional(),
  /** The items of its batch that it fails together with. */
  others: z.array(z.number()).readonly(),
});

/** What the search in a failed batch has come to. */
export const searchedBatch = z.object({
  path: z.string(),
  batch: z.number(),
  probes: z.number(),
  /** Without what was found, the batch passes. */
  isComplete: z.boolean(),
  items: z.number(),
  /** More items than so many fail, whichever they are. */
  limit: z.object({ items: z.number(), error: itemError }).optional(),
  uncertain: z.enum(UNCERTAIN).optional(),
});

/** A search for the items at fault, which goes on or has ended since the host was started. */
export const itemSearch = z.object({
  run: runId,
  state: z.enum(['searching', 'stopping', 'ended']),
  batches: z.number(),
  /** In so many the search is over, and what it has found is stored. */
  batchesDone: z.number(),
  probes: z.number(),
  items: z.number(),
  /** It has ended because nobody has allowed to execute steps that are not `pure`. */
  asks: z.boolean().optional(),
  problem: problem.optional(),
});

/** What the items at fault come to with the code as it is now, one after the other. */
export const itemCheck = z.object({
  run: runId,
  /** In ms since 1970. With each save another one begins: what was read before is not of the code as it is now. */
  begunAt: z.number(),
  state: z.enum(['checking', 'ended']),
  total: z.number(),
  results: z.array(
    z.object({
      scope: scopeId,
      item: z.number(),
      outcome: z.enum(['passes', 'fails', 'needs-effect']),
      error: itemError.optional(),
    }),
  ),
  /** It has ended because nobody has allowed to execute steps that are not `pure`. */
  asks: z.boolean().optional(),
  /** Why it could not be tried: the file does not load, or has no such batch any more. */
  problem: problem.optional(),
});

/** A file that was saved since a run was executed from it. */
export const savedFile = z.object({
  file: z.string(),
  savedAt: z.number(),
  /** In how many places it has changed. */
  hunks: z.number(),
  /** The first of them; long ones are cut. `line` is of the file as it is now. */
  first: z.object({ line: z.number(), removed: z.array(z.string()), added: z.array(z.string()) }).optional(),
});

/** What the items at fault of a batch node have in common that the others have not. */
export const inCommon = z.object({
  path: z.string(),
  /** A stretch of the source first. */
  sentences: z.array(z.string()),
  statements: z.array(
    z.object({
      fields: z.array(z.string()),
      words: z.string(),
      /** Others that hold for the same items. */
      alike: z.array(z.string()),
      atFault: z.number(),
      others: z.number(),
    }),
  ),
  /** How many items at fault were compared with how many others. */
  atFault: z.number(),
  others: z.number(),
  /** Fields that `getHistogram` knows. */
  fields: z.array(z.string()),
});

/** How often the values of a field are there. */
export const histogram = z.object({
  rows: z.array(z.object({ text: z.string(), atFault: z.number(), others: z.number() })),
  atFault: z.number(),
  others: z.number(),
});

/** What an item at fault came to when it was made smaller, or pinned as a test. */
export const pinnedItem = z.object({
  asks: z.boolean(),
  /** With the code as it is now; absent if it was not executed. An item that passes is not pinned. */
  outcome: z.enum(['passes', 'fails', 'stopped']).optional(),
  /** What is left of it, as it is written in code, without secrets. */
  smallest: z.object({ text: z.string(), probes: z.number(), isSmallest: z.boolean() }).optional(),
  codeOrData: z.object({ verdict: z.enum(['code', 'data', 'undecided', 'passes']), text: z.string() }).optional(),
  pinned: z
    .object({
      /** Relative to the folder. */
      file: z.string(),
      /** This very test was there already. */
      wasThere: z.boolean(),
      /** Packages that it needs and does not find. */
      missing: z.array(z.string()),
      /** Steps whose output it needs, and that are too large for a test. */
      left: z.array(z.string()),
    })
    .optional(),
});
