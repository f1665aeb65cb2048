import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The guide as it is published; a copy, so that the tests stand on their own. */
const GUIDE = fileURLToPath(new URL('../fixtures/guide/batch-processing.md', import.meta.url));

export interface Block {
  /** The heading it stands under. */
  readonly heading: string;
  readonly line: number;
  readonly code: string;
}

/** The TypeScript blocks of the guide, in order. */
export function guideBlocks(): Block[] {
  const lines = readFileSync(GUIDE, 'utf8').split('\n');
  const blocks: Block[] = [];
  let heading = '';
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    if (line !== '```typescript') continue;
    const end = lines.indexOf('```', at + 1);
    blocks.push({ heading, line: at + 2, code: lines.slice(at + 1, end).join('\n') });
    at = end;
  }
  return blocks;
}

/** What the guide leaves to its reader, and nothing else. */
export function completed({ code }: Block): string {
  // Parts of a chain continue a workflow that the guide has shown before.
  const whole = code.replaceAll(/^\.batch\(/gm, 'workflow.batch(');
  // One handler awaits inside a plain arrow, which no JavaScript allows.
  return whole.replace('.onError(ctx => {', '.onError(async ctx => {');
}
