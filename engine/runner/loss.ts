import type { RunnerExit } from './parent.ts';

/** In words, why a runner ended that had not come to the end of its run. */
export function lossReason({ code, signal, stderr }: RunnerExit): string {
  if (/heap out of memory|Allocation failed|out of memory/i.test(stderr)) {
    return 'the run used up the memory its process may have. Return less from steps, use smaller batches, or stream the items';
  }
  if (signal === 'SIGKILL') return 'its process was killed (SIGKILL), by hand or by the system for want of memory';
  if (signal !== null) return `its process ended with ${signal}`;
  if (code === null) return `its process could not be started: ${stderr.trim()}`;
  return `its process ended with code ${code}${stderr.trim() === '' ? '' : `: ${lastLine(stderr)}`}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
