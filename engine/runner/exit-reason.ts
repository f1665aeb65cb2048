import type { RunnerExit } from './parent.ts';

/** In words, why a runner ended before its run had. */
export function exitReason({ code, signal, stderr, notStarted }: RunnerExit): string {
  if (notStarted) return `its process could not be started: ${startReason(notStarted)}`;
  if (/heap out of memory|Allocation failed|out of memory/i.test(stderr)) {
    return 'the run used up the memory its process may have. Return less from steps, use smaller batches, or stream the items';
  }
  if (signal === 'SIGKILL')
    return 'its process was killed (SIGKILL), by a person or by the system because memory ran out';
  if (signal !== null) return `its process ended with ${signal}`;
  return `its process ended with code ${code}${stderr.trim() === '' ? '' : `: ${lastLine(stderr)}`}`;
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}

function startReason({ code = '', message, path }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EAGAIN':
      return 'this user may not start more processes (EAGAIN). End some, or raise the limit (ulimit -u), then try again';
    case 'EMFILE':
    case 'ENFILE':
      return `too many files are open (${code}). End programs that have them open, or raise the limit (ulimit -n), then try again`;
    case 'ENOMEM':
      return 'there is not enough memory for another process (ENOMEM). End some programs, then try again';
    case 'ENOENT':
    case 'EACCES':
      return `${path ?? process.execPath} is gone or cannot be executed (${code}). Install Cronflow again (npm install), then try again`;
    default:
      return message;
  }
}
