import { z } from 'zod';
import { problem } from './common.ts';
import { graph } from './graph.ts';

export const workflowRef = z.object({ file: z.string().min(1).max(1000), workflow: z.string().min(1).max(1000) });

export const workflowFile = z.object({
  /** Relative to the workspace, with forward slashes: as in a WorkflowRef. */
  file: z.string(),
  /** Empty, without a problem, while the folder is not trusted, because the file is not loaded. */
  graphs: z.array(graph),
  /** Why it could not be loaded. `graphs` then holds those of the last version that could, if any. */
  problem: problem.optional(),
});

export const workspace = z.object({
  folder: z.string(),
  name: z.string(),
  files: z.array(workflowFile),
  /** Whether this person lets Cronflow execute the folder's files. `question` names the question to answer with `trustFolder`. */
  trust: z.discriminatedUnion('state', [
    z.object({ state: z.literal('trusted') }),
    z.object({ state: z.literal('untrusted'), question: z.string() }),
  ]),
  /** Whether the demos of the folder are shown, in a store of their own, in the place of its runs. */
  demo: z.literal(true).optional(),
  /** Whether some files have not been looked at yet, so that more can appear. */
  loading: z.boolean().optional(),
  /** What Cronflow has left out of the folder, or could not write into it, although the user may expect it. */
  notices: z.array(z.string()).optional(),
  /** The queue over which workers on other machines can execute batches. */
  queue: z
    .object({
      /** Without its password. */
      address: z.string(),
      /** Whether new runs go there where nobody says otherwise: not to one that only the settings of the folder name. */
      isDefault: z.boolean(),
      /** Why it cannot be used. */
      problem: z.string().optional(),
      /** With batches that take less, the machine of the run alone is faster. */
      leastBatchMs: z.number(),
    })
    .optional(),
  /** Opened before, newest first; opened again by token. */
  recent: z.array(z.object({ token: z.string(), name: z.string(), folder: z.string() })),
});
