import { studioTextOf } from '../../common/told.ts';
import { codeFrameOf } from '../load/frames.ts';
import { LinkError } from '../inside-folder.ts';
import { LoadError } from '../load/load-error.ts';
import type { SourceFile } from '../load/sources.ts';
import { NativeModuleError } from '../native-module.ts';
import { shownLocation } from '../paths.ts';
import { StoreError } from '../store/store-error.ts';
import { LeaseLostError, RunTakenError } from '../store/leases.ts';
import { NotDataError, UnreadableError } from '../store/codec.ts';
import { PayloadError } from '../run/payload.ts';
import { ChangedNodesError } from '../run/changed-nodes/match-nodes.ts';
import { ProbeError } from '../run/probe/probe-error.ts';
import { RerunError } from '../run/rerun/request.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { KeyError, RunExistsError } from '../run/start-once.ts';
import { toStoredError } from '../run/stored-error.ts';
import { WorkflowError } from '../workflow/errors.ts';
import { QueueError } from '../remote/queue-error.ts';
import { ChoiceError } from './choose-workflow.ts';
import type { Problem } from './protocol.ts';

const SHOWN_AS_THEY_ARE = [
  StoreError,
  RunTakenError,
  LeaseLostError,
  NotDataError,
  UnreadableError,
  RerunError,
  ProbeError,
  RunStateError,
  KeyError,
  ChoiceError,
  QueueError,
  LinkError,
  NativeModuleError,
];

function withStudioText(problem: Problem, error: Error): Problem {
  const inStudio = studioTextOf(error);
  return inStudio === undefined ? problem : { ...problem, inStudio };
}

/** How to show an error that the code foresees; undefined for any other, which is a defect of ours. */
export function toProblem(error: unknown, sources: readonly SourceFile[]): Problem | undefined {
  if (error instanceof LoadError) {
    const { name, message, file, line, column, codeFrame } = error;
    return { name, message, file, line, column, codeFrame };
  }
  if (error instanceof WorkflowError) {
    const { name, message, at } = error;
    if (!at) return { name, message };
    const { file, line, column } = at;
    return {
      name,
      message: `${shownLocation(file, line, column)}: ${message}`,
      file,
      line,
      column,
      codeFrame: codeFrameOf(file, sources, line, column),
    };
  }
  if (error instanceof PayloadError) {
    const issues = error.issues.map(({ keys, text }) => ({ path: keys, message: text }));
    return { name: error.name, message: error.message, issues };
  }
  if (error instanceof RunExistsError) {
    const { name, message, run } = error;
    return { name, message, existing: run };
  }
  if (error instanceof ChangedNodesError) {
    const { name, message, changed } = error;
    return { name, message, changed };
  }
  if (error instanceof Error && SHOWN_AS_THEY_ARE.some(kind => error instanceof kind))
    return withStudioText({ name: error.name, message: error.message }, error);
  return undefined;
}

/**
 * How to show an error that the code does not foresee: it is ours and not the author's. With what helps to fix it, and
 * never a stack.
 */
export function toDefect(error: unknown): Problem {
  const { name, message, at } = toStoredError(error);
  const where =
    error instanceof Error
      ? error.stack
          ?.split('\n')
          .find(line => /\/(cli|engine|host)\//.test(line))
          ?.trim()
      : undefined;
  return {
    name,
    message: at
      ? `${message} (${at.file}:${at.line})`
      : `${message}. This is a defect of Cronflow${where ? ` (${where})` : ''}; please report it.`,
  };
}
