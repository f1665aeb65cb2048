import { main } from '../../cli/main.ts';

/*
 * The command line of one reader: each message is what they type, the answer is what comes of it. One process for a
 * whole page, as most commands of a page take less time than a process takes to start.
 */

process.on('message', (args: string[]) => {
  const typed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (text: string | Uint8Array) => {
      typed[stream] += String(text);
      return true;
    };
  }
  void main(args).then(code => process.send?.({ code, ...typed }));
});
