import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

/**
 * Writes the licences of all packages that the build takes modules from: their terms ask that copies carry them. A
 * package without a licence file fails the build, so that none is left out unnoticed.
 */
export function thirdPartyNotices(file: string, environments: readonly string[]): Plugin {
  const modules: string[] = [];
  return {
    name: 'third-party-notices',
    apply: 'build',
    applyToEnvironment: environment => environments.includes(environment.name),
    generateBundle(_, bundle) {
      modules.push(...Object.values(bundle).flatMap(chunk => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, noticesOf(modules, environments[0] === 'client' ? [...this.getModuleIds()] : []));
    },
  };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

function noticesOf(...lists: readonly (readonly string[])[]): string {
  const folders = new Set(lists.flat().flatMap(packageFolderOf));
  const notices = [...folders].map(folder => {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
    return {
      title: `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`,
      text: licenceIn(folder),
    };
  });
  return [
    'This part of Cronflow Studio contains the following packages.\n',
    ...notices
      .toSorted((a, b) => (a.title < b.title ? -1 : 1))
      .map(({ title, text }) => `${'-'.repeat(80)}\n${title}\n\n${text.trim()}\n`),
  ].join('\n');
}

/** The folder of the package that a module belongs to; none for our own modules and those that a plugin makes up. */
function packageFolderOf(module: string): string[] {
  const [file = ''] = module.replaceAll('\\', '/').split('?');
  const folder = /^(?!\0).*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
  return folder === undefined ? [] : [folder];
}

function licenceIn(folder: string): string {
  const name = readdirSync(folder).find(entry => /^(?:licen[cs]e|copying)(?:[.-].*)?$/i.test(entry));
  if (name === undefined) throw new Error(`${folder} has no licence file: its notice must be written by hand.`);
  return readFileSync(path.join(folder, name), 'utf8');
}
