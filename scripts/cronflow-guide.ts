import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blocksOf, ownFault, type GuideBlock } from './guide-blocks.ts';

/*
 * How many code blocks of Cronflow's own documentation load here: the figures of docs/from-cronflow.md. Give it a checkout of
 * github.com/dali-benothmen/cronflow-docs-website, after `npm run build`:
 *
 *   node scripts/cronflow-guide.ts ../cronflow-docs-website
 */

const PAGES = ['guide/*.md', 'examples/*.md', 'markdown-examples.md'];
const project = path.resolve(import.meta.dirname, '..');

const [docs] = process.argv.slice(2);
if (docs === undefined)
  throw new Error('Name the folder of the documentation: node scripts/cronflow-guide.ts <folder>');
const blocks = PAGES.flatMap(pattern => globSync(pattern, { cwd: docs }))
  .toSorted()
  .flatMap(page => blocksOf(path.basename(page, '.md'), readFileSync(path.join(docs, page), 'utf8')));
if (blocks.length === 0)
  throw new Error(`There are no code blocks in ${docs}. It is the checkout of the documentation.`);
report(blocks, refusals(blocks));

/** What `cronflow list` says of those that it does not load, by file. @throws where it says nothing of one */
function refusals(all: readonly GuideBlock[]): ReadonlyMap<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-guide-'));
  try {
    for (const { file, code } of all) writeFileSync(path.join(folder, file), code);
    // For zod, and for cronflow itself.
    symlinkSync(path.join(project, 'node_modules'), path.join(folder, 'node_modules'));
    const { stdout, error } = spawnSync(
      process.execPath,
      [path.join(project, 'bin/cronflow.mjs'), 'list', folder, '--json'],
      { encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    if (error) throw error;
    const events = stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as { event: string; file?: string; message?: string });
    const told = new Set(events.map(({ file = '' }) => path.basename(file)));
    const passedOver = all.filter(({ file }) => !told.has(file));
    if (passedOver.length > 0)
      throw new Error(`cronflow list says nothing of ${passedOver.map(({ file }) => file).join(', ')}.`);
    return new Map(
      events
        .filter(({ event }) => event === 'error')
        .map(({ file = '', message = '' }) => [path.basename(file), message.replaceAll(`${folder}/`, '')]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(all: readonly GuideBlock[], refused: ReadonlyMap<string, string>): void {
  const faults = Map.groupBy([...refused], ([, message]) => ownFault(message) ?? '');
  const ours = faults.get('') ?? [];
  console.log(`${all.length} code blocks`);
  console.log(`${String(all.length - refused.size).padStart(5)} load`);
  console.log(`${String(refused.size - ours.length).padStart(5)} are refused for a fault of their own`);
  for (const [fault, of] of faults) if (fault !== '') console.log(`${String(of.length).padStart(9)} ${fault}`);
  console.log(`${String(ours.length).padStart(5)} do not load here`);
  for (const [, message] of ours) console.log(`      ${message.split('\n')[0]}`);
}
