import type { Graph } from '../../common/graph.ts';
import { debugRunner } from '../debug.ts';
import { exitReason } from './exit-reason.ts';
import { startRunner } from './parent.ts';
import type { Problem } from './protocol.ts';

export type Inspection =
  | {
      readonly ok: true;
      readonly graphs: readonly Graph[];
      /** The files it was made from, absolute. */
      readonly files: readonly string[];
      /** The hash of their texts. */
      readonly code: string;
      /** How many files of the folder were loaded for subflows. */
      readonly also: number;
    }
  | { readonly ok: false; readonly problem: Problem };

export interface InspectionInProgress {
  readonly done: Promise<Inspection>;
  /** Ends its process at once. */
  kill(): void;
}

/**
 * The engine gives a file 30 s to load. A file that blocks its process cannot be interrupted: its process is killed a
 * little later.
 */
const INSPECT_WITHIN_MS = 35_000;

export interface InspectionOptions {
  /** @default INSPECT_WITHIN_MS */
  readonly withinMs?: number | undefined;
  /** Starts the process; the host's asks first whether the folder is trusted. @default startRunner */
  readonly start?: typeof startRunner;
  /** Only with what this workflow needs. @default All of the file */
  readonly workflow?: string | undefined;
}

/** Finds the workflows of a file, in a process of its own that ends afterwards: the author's code never runs in this one. */
export function inspectFile(
  file: string,
  { withinMs = INSPECT_WITHIN_MS, start = startRunner, workflow }: InspectionOptions = {},
): InspectionInProgress {
  const { promise: done, resolve } = Promise.withResolvers<Inspection>();
  let answer: Inspection | undefined;
  let isLate = false;
  const runner = start(
    { kind: 'inspect', file, workflow },
    {
      onMessage: message => {
        if (message.type === 'inspected') {
          const { graphs, files, code, also } = message;
          answer = { ok: true, graphs, files, code, also };
        } else if (message.type === 'refused') answer = { ok: false, problem: message.problem };
        // Nobody needs what the file has left running.
        if (answer) runner.kill();
      },
      onExit: exit => {
        clearTimeout(timer);
        const message = isLate
          ? `The file was not loaded within ${withinMs / 1000} s: something in it, outside of any step, takes very long or never ends.`
          : `The file could not be loaded: ${exitReason(exit)}.`;
        resolve(answer ?? { ok: false, problem: { name: 'LoadError', message, file } });
      },
    },
  );
  const timer = setTimeout(() => {
    isLate = true;
    debugRunner('kill %d: %s was not loaded within %d ms', runner.pid, file, withinMs);
    runner.kill();
  }, withinMs);
  return { done, kill: () => runner.kill() };
}
