import { main } from '../../cli/main.ts';

/*
 * Looks at many stores with the commands that look, in one process. Takes the stores' paths on standard input, a line
 * each; prints for each what came of it as a line of JSON.
 */

export interface Looked {
  readonly store: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What a command threw that was to be told: a defect. */
  readonly thrown?: string;
}

const write = process.stdout.write.bind(process.stdout);
let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += String(chunk);
for (const store of input.split('\n').filter(line => line !== '')) {
  for (const args of [['runs'], ['show', '1', '--batches', 'all'], ['show', '1'], ['rerun', '1', '--dry-run']]) {
    const said = { stdout: '', stderr: '' };
    process.stdout.write = text => {
      said.stdout += String(text);
      return true;
    };
    process.stderr.write = text => {
      said.stderr += String(text);
      return true;
    };
    let looked: Looked;
    try {
      looked = { store, code: await main([...args, '--store', store]), ...said };
    } catch (error) {
      looked = {
        store,
        code: -1,
        ...said,
        thrown: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
    write(`${JSON.stringify(looked)}\n`);
  }
}
