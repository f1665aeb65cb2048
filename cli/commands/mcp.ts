import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { format } from 'node:util';
import { safe } from '../../common/safe-text.ts';
import { parseArguments, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { Reruns } from '../mcp/reruns.ts';
import { mcpServer } from '../mcp/server.ts';
import { packageVersion } from '../package-root.ts';

/** Answers an agent on standard input and output, until it is gone. */
export async function mcp(argv: readonly string[]): Promise<number> {
  const { values } = parseArguments(argv, 'mcp', undefined, { 'read-only': { type: 'boolean' } });
  const store = findStore(text(values.store));
  // What is written to standard output is the protocol's.
  console.log = (...said: unknown[]) => {
    process.stderr.write(`${safe(format(...said))}\n`);
  };
  const reruns = values['read-only'] === true ? undefined : new Reruns(store);
  const server = mcpServer({ store, version: packageVersion(), reruns });
  const over = new Promise<void>(resolve => {
    process.stdin.once('end', () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await over;
  await reruns?.close();
  await server.close();
  return 0;
}
