import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeNewInside } from '../../engine/inside-folder.ts';
import { readRegularFile } from '../../engine/regular-file.ts';
import { TYPES_FILE, writeAuthorTypes } from './author-types.ts';
import type { WorkflowRef } from '../api/api.ts';

/** A new workflow, and all files that were written for it. */
export interface Scaffold extends WorkflowRef {
  readonly folder: string;
  /** Relative to the folder, with forward slashes. */
  readonly written: readonly string[];
}

/** Makes a folder with a first workflow, or adds what is missing in a folder. Existing files are left as they are. */
export async function scaffold(folder: string, name = 'My first workflow'): Promise<Scaffold> {
  const written = writeNewInside(folder, '.gitignore', GITIGNORE) ? ['.gitignore'] : [];
  const made = await scaffoldWorkflow(folder, name, []);
  return { ...made, written: [...written, ...made.written] };
}

/** Writes a workflow that runs as it is, under a name that is not taken, and the types that an editor needs. */
export async function scaffoldWorkflow(folder: string, name: string, takenIds: readonly string[]): Promise<Scaffold> {
  const title = oneLine(name);
  const types = await prepareEditor(folder);
  const slug = slugOf(title);
  for (let number = 1; ; number++) {
    const id = number === 1 ? slug : `${slug}-${number}`;
    const file = `${id}.ts`;
    if (takenIds.includes(id) || !writeNewInside(folder, file, template(id, title, types.reference))) continue;
    return { folder, file, workflow: id, written: [...types.written, file] };
  }
}

/** Makes editors find the types of 'cronflow': by a tsconfig.json if there is none, else by a line in the workflow itself. */
async function prepareEditor(folder: string): Promise<{ reference: boolean; written: string[] }> {
  await writeAuthorTypes(folder);
  const config = nearestConfig(folder);
  if (config === undefined) {
    writeNewInside(folder, 'tsconfig.json', TSCONFIG);
    return { reference: false, written: [TYPES_FILE, 'tsconfig.json'] };
  }
  const known = /cronflow/.test(await readRegularFile(config).catch(() => '')) || isInstalled(folder);
  return { reference: !known, written: [TYPES_FILE] };
}

/** The configuration that an editor uses for files of the folder: its own, or the nearest one above it in the same repository. */
function nearestConfig(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    for (const name of ['tsconfig.json', 'jsconfig.json'])
      if (existsSync(path.join(at, name))) return path.join(at, name);
    if (existsSync(path.join(at, '.git')) || at === path.dirname(at)) return undefined;
  }
}

function isInstalled(folder: string): boolean {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at))
    if (existsSync(path.join(at, 'node_modules', 'cronflow', 'package.json'))) return true;
  return false;
}

function oneLine(name: string): string {
  // oxlint-disable-next-line no-control-regex
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim() || 'New workflow';
}

/** `Clean up the films!` becomes clean-up-the-films, which is a valid file name on every system, and a valid id. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  // On Windows these are names of devices, with any extension.
  return slug === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/.test(slug)
    ? `workflow${slug === '' ? '' : `-${slug}`}`
    : slug;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

const GITIGNORE = `node_modules/
# Runs are stored here and are not committed. The types of 'cronflow' for your editor are.
.cronflow/*
!.cronflow/types/
`;

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "lib": ["esnext", "dom"],
    "module": "esnext",
    "moduleResolution": "bundler",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  // The second entry holds the types of 'cronflow'. For the types of Node's modules: npm install --save-dev
  // @types/node, and "types": ["node"] above.
  "include": ["**/*.ts", "${TYPES_FILE}"]
}
`;

function template(id: string, name: string, reference: boolean): string {
  return `${reference ? `/// <reference path="./${TYPES_FILE}" />\n` : ''}import { cronflow } from 'cronflow';

/*
 * ${name.replaceAll('*/', '* /')}.
 *
 * Run it in Cronflow Studio, or with: cronflow run ${id}.ts
 * One of its batches fails. Fix the line marked with "<--", then re-run only that batch:
 * the other batches stay as they are, and the same run continues to its end.
 */

/** An example of what you work on: rows of a table, files, pages of a service. */
interface Order {
  readonly id: number;
  readonly customer: string | null;
  readonly amount: number;
}

cronflow
  .define({ id: ${quoted(id)}, name: ${quoted(name)} })

  // A step runs once. Its output is stored, and later steps read it in ctx.steps.
  .step({ id: 'read', title: 'Read the orders' }, (): Order[] =>
    Array.from({ length: 100 }, (_, id) => ({ id, customer: id === 42 ? null : \`Customer \${id % 7}\`, amount: (id * 37) % 100 })),
  )

  // A batch node splits its items into batches and runs two of them at a time. A failed batch does not stop the others.
  .batch({ id: 'check', title: 'Check the orders', unit: ['order', 'orders'] }, { items: ctx => ctx.steps.read.output, size: 10, concurrency: 2 }, (orders, flow) => {
    flow
      .step({ id: 'tidy', title: 'Tidy the names' }, async ctx => {
        // The pause is there so that you can watch. With ctx.signal it ends when the run stops.
        await pause(300, ctx.signal);
        return orders.map(order => ({ ...order, customer: order.customer!.toUpperCase() })); // <-- (order.customer ?? 'nobody').toUpperCase()
      })
      .action({ id: 'count', title: 'Count the orders' }, ctx => ctx.state.incr('orders', ctx.last.length));
  })

  // Runs when all batches have succeeded, or when \`tolerateFailures\` allows the failures.
  .step({ id: 'report', title: 'Report the result' }, ctx => {
    const count = ctx.state.get('orders', 0);
    console.log(\`\${count} orders are checked.\`);
    return { count };
  });

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason as Error); });
  });
}
`;
}
