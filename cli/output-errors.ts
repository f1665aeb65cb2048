/** What a command could not write, so that its exit code says so. */
let hasFailed = false;

/**
 * Hears when standard output or standard error cannot be written. A reader that has gone away (`cronflow runs | head -1`) is
 * no reason to fail, and none to stop a run; a full disk is told once.
 */
export function hearOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || hasFailed) return;
      hasFailed = true;
      const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
      if (stream === process.stdout)
        process.stderr.write(
          `The output of this command could not be written: ${reason}. What it did is stored all the same.\n`,
        );
    });
  }
}

/** The exit code of a command: not 0 when its output is not complete. */
export async function withOutputErrors(code: number): Promise<number> {
  // The error of a write is told in a later turn.
  await new Promise(resolve => setImmediate(resolve));
  return hasFailed && code === 0 ? 1 : code;
}
