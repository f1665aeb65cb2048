import { main } from '../../cli/main.ts';

/*
 * Several commands in one process, one after the other, each with its own output: starting a process takes longer than most
 * commands do. Each message is a folder and a list of argument lists; the answer is what came of each.
 */

export interface Calls {
  readonly cwd: string;
  readonly calls: readonly (readonly string[])[];
}

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

process.on('message', (message: Calls) => {
  void perform(message).then(results => process.send?.(results));
});

async function perform({ cwd, calls }: Calls): Promise<Called[]> {
  process.chdir(cwd);
  const results: Called[] = [];
  for (const args of calls) {
    const result = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      process[stream].write = (text: string | Uint8Array) => {
        result[stream] += String(text);
        return true;
      };
    }
    results.push({ code: await main(args), ...result });
  }
  return results;
}
