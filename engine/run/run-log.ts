import type { Journal } from '../store/journal.ts';
import type { LogLine, Writer } from '../store/records.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { Attempt } from './attempt.ts';
import { LogBuffer } from './log-buffer.ts';

/** Who has logged a line. */
export interface Speaker {
  readonly path: string;
  readonly attempt: number;
  /** The run that it belongs to, where that is a part of the one that is told. */
  readonly part?: number | undefined;
  readonly scopeOf: { readonly batch: { readonly index: number } | undefined };
}

export type LogListener = (line: LogLine, by: Speaker | undefined) => void;

/** What a run logs. A step's lines are stored with its checkpoint; lines of no step, or of a step that has ended, at once. */
export class RunLog {
  #journal: Pick<Journal, 'write'>;
  readonly #writer: Pick<RunWriter, 'logs'>;
  readonly #onLog: LogListener | undefined;
  /** The lines of no step. */
  readonly #lines = new LogBuffer();

  constructor(journal: Pick<Journal, 'write'>, writer: Pick<RunWriter, 'logs'>, onLog: LogListener | undefined) {
    this.#journal = journal;
    this.#writer = writer;
    this.#onLog = onLog;
  }

  /** What stores its lines from now on. */
  continueWith(journal: Pick<Journal, 'write'>): void {
    this.#journal = journal;
  }

  /** Passes on a line that is stored elsewhere. */
  pass(line: LogLine, by: Speaker | undefined): void {
    this.#onLog?.(line, by);
  }

  add(line: LogLine, attempt: Attempt | undefined): void {
    const lines = attempt?.logs ?? this.#lines;
    if (lines.add(line)) this.#onLog?.(line, attempt);
    if (attempt && !attempt.ended) return;
    // A timer that a step started, for example, may still log after the step has ended: within the same bounds.
    const late = lines.takeLate(line.at);
    if (late.length === 0) return;
    const writer: Writer | undefined = attempt && {
      scope: attempt.scope,
      node: attempt.node,
      attempt: attempt.attempt,
    };
    this.#journal.write(() => this.#writer.logs(writer, late));
  }
}
