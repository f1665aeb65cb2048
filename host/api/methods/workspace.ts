import { z } from 'zod';
import type { Methods } from './method.ts';
import { none, outcome, runId } from '../schemas/common.ts';
import { shownTrigger } from '../schemas/triggers.ts';
import { sourceFile } from '../schemas/values.ts';
import { workflowRef, workspace } from '../schemas/workspace.ts';

/** The folder that is open, its files, and the editor. */
export const WORKSPACE_METHODS = {
  hello: {
    args: none,
    result: z.object({
      protocol: z.number(),
      version: z.string(),
      /** `file`: an exported file, in which nothing can be run or changed. */
      shell: z.enum(['electron', 'browser', 'file']),
      platform: z.string(),
    }),
  },

  getWorkspace: { args: none, result: workspace },
  openRecent: { args: z.object({ token: z.string().max(100) }), result: outcome(workspace) },
  /**
   * Trusts the folder that is open, if `question` is the one the workspace shows. No folder is named, so that no other
   * can be trusted.
   */
  trustFolder: { args: z.object({ question: z.string().max(100) }), result: outcome(workspace) },
  /** Stops trusting the folder that is open. */
  distrustFolder: { args: none, result: outcome(workspace) },
  /** Scaffolds a workflow file in the workspace. */
  newWorkflow: { args: z.object({ name: z.string().min(1).max(80) }), result: outcome(workflowRef) },
  /** What starts runs of this folder by itself. It does while `on`, or `forThisLaunch` by `--triggers`; `webhooks` is where they are received. */
  getTriggers: {
    args: none,
    result: z.object({
      on: z.boolean(),
      forThisLaunch: z.boolean(),
      webhooks: z.string().optional(),
      triggers: z.array(shownTrigger),
    }),
  },
  /** From now on, the triggers of this folder fire while it is open here, or do not. Webhooks are received by `cronflow serve` only. */
  setTriggers: { args: z.object({ on: z.boolean() }), result: outcome(none) },

  /** A source file of a run, in the version that a session ran. */
  getSource: {
    args: z.object({ run: runId, session: z.int().positive(), file: z.string().max(4000) }),
    result: sourceFile.nullable(),
  },
  /** A file of the workspace as it is now. */
  getFile: {
    args: z.object({ file: z.string().max(1000) }),
    result: z.object({ file: z.string(), text: z.string() }).nullable(),
  },
  /** Opens a file of the run or of the workspace in the person's editor. */
  openInEditor: {
    args: z.object({
      run: runId.optional(),
      file: z.string().max(4000),
      line: z.int().positive().optional(),
      column: z.int().positive().optional(),
    }),
    result: outcome(none),
  },
} as const satisfies Methods;
