import { main } from '../../cli/main.ts';

/*
 * Several commands in one process, one after the other, each with its own output: starting a process takes longer than most
 * commands do. Takes a JSON array of argument lists and prints a JSON array of what came of them.
 */

const results: { code: number; stdout: string; stderr: string }[] = [];
const write = process.stdout.write.bind(process.stdout);
for (const args of JSON.parse(process.argv[2] ?? '[]') as string[][]) {
  const result = { code: -1, stdout: '', stderr: '' };
  process.stdout.write = text => {
    result.stdout += String(text);
    return true;
  };
  process.stderr.write = text => {
    result.stderr += String(text);
    return true;
  };
  result.code = await main(args);
  results.push(result);
}
write(JSON.stringify(results));
