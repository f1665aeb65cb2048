export type LoadErrorKind =
  | 'missing-file'
  | 'not-a-file'
  | 'unsupported-type'
  | 'syntax'
  | 'import'
  | 'threw'
  /** A top-level await in it never ends, or not in time. */
  | 'unsettled'
  | 'no-workflow';

interface Details {
  /** The file that is at fault: the workflow file, or one that it imports. */
  file: string;
  line?: number | undefined;
  column?: number | undefined;
  codeFrame?: string | undefined;
  cause?: unknown;
}

/** A workflow file that can't be loaded. The message says what, where and what to do, and is meant to be shown as it is. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly kind: LoadErrorKind;
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly codeFrame: string | undefined;

  constructor(kind: LoadErrorKind, message: string, { file, line, column, codeFrame, cause }: Details) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.file = file;
    this.line = line;
    this.column = column;
    this.codeFrame = codeFrame;
  }
}
