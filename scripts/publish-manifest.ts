import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OLDEST_NODE } from '../bin/node-version.mjs';

/*
 * The manifest of the package that people install is not that of the checkout: what the checkout needs to be worked on, such as a second
 * Node for machines whose own is too old, would cost each of them 190 MB. `npm pack` and `npm publish` write it before they pack
 * (`prepack`), and put the checkout's back afterwards (`postpack`).
 */

const ROOT = path.resolve(import.meta.dirname, '..');
const MANIFEST = path.join(ROOT, 'package.json');
/** The checkout's, while the other one lies in its place. */
const KEPT = path.join(ROOT, 'package.checkout.json');

type Manifest = Readonly<Record<string, unknown>>;

/** What the checkout's manifest says that means nothing to who installs the package. */
const OF_THE_CHECKOUT = ['main', 'scripts', 'devDependencies', 'optionalDependencies', 'allowScripts', 'productName'];

export function publishedManifest(checkout: Manifest): Manifest {
  const kept = Object.entries(checkout).filter(([key]) => !OF_THE_CHECKOUT.includes(key));
  return { ...Object.fromEntries(kept), engines: { node: `>=${OLDEST_NODE}` } };
}

function write(): void {
  // One that was left by a pack that was killed is the checkout's.
  restore();
  const text = readFileSync(MANIFEST, 'utf8');
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, `${JSON.stringify(publishedManifest(JSON.parse(text) as Manifest), undefined, 2)}\n`);
}

function restore(): void {
  if (!existsSync(KEPT)) return;
  rmSync(MANIFEST, { force: true });
  renameSync(KEPT, MANIFEST);
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv[2] === 'write') write();
  else if (process.argv[2] === 'restore') restore();
  else throw new Error('Say what to do: write or restore.');
}
