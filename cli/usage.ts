/** Called in a way that cannot be carried out. The message says what, and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const REFUSALS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something else of that name is there',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EACCES: 'that is not allowed',
  EPERM: 'that is not allowed',
  EROFS: 'its disk cannot be written',
  ENOSPC: 'its disk is full',
  EMFILE: 'too many files are open',
};

/** What the file system refuses, in words; undefined for any other error. */
export function refusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  return `${path ?? 'A file'} cannot be used: ${REFUSALS[code ?? ''] ?? error.message} (${code}). Name another, or see to it that it can be.`;
}

export const HELP = `Cronflow runs batch workflows durably: every step is kept, a failing batch fails alone, and can be run again.

  cronflow run <file> [--workflow <id>] [--payload <json> | --payload-file <path>]
                                     starts a run of a workflow file
  cronflow resume <run>              goes on with an interrupted run
         [--file <path>]               of a workflow file that was moved: where it is now; so with rerun
  cronflow rerun <run>               runs its failed batches again, into the same run
         [--node <name>]               only those of one batch or forEach; of a step: from it on
         [--batches failed|all|0,4,7-9]  which of them (failed, unless told otherwise)
         [--from-start]                also the steps of a failed batch that had succeeded
         [--dry-run]                   only says what would run again
  cronflow cancel <run>              stops a run
  cronflow runs                      lists the runs of a store
  cronflow show <run> [--batches failed|all|0,4,7-9]
                                     shows a run and its batches
  cronflow list <file|folder>        lists the workflows in files, with their graph

  cronflow studio [folder]           opens the app; without Electron or a display, in the browser
  cronflow serve [folder] [--port n] serves the app to browsers on this machine
         [--trust]                     of both: trusts the folder for this launch, without a question in the app
  cronflow new <folder>              makes a workspace to begin with

  --store <db>   the store of runs; beside the workflow file in .cronflow/runs.db, unless told otherwise
  --json         JSON lines on standard output; the last one is the summary
  --help         this text

Exit codes: 0 completed, 1 failed, 2 wrong usage or a file that can't be loaded, 3 interrupted, 130 cancelled.
`;
