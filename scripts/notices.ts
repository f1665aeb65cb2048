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

/** Packages that say in their manifest and readme whose they are and under which licence, and have no file with its text. */
const MIT_WITHOUT_FILE: Readonly<Record<string, string>> = {
  '@polka/url': 'Luke Edwards <luke@lukeed.com> (https://lukeed.com)',
  sirv: 'Luke Edwards <luke@lukeed.com> (https://lukeed.com)',
};

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function noticesOf(...lists: readonly (readonly string[])[]): string {
  const folders = new Set(lists.flat().flatMap(packageFolderOf));
  const notices = [...folders].map(folder => {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
    return {
      title: `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`,
      text: licenceIn(folder, manifest),
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

function licenceIn(folder: string, { name: of, license }: Manifest): string {
  const name = readdirSync(folder).find(entry => /^(?:licen[cs]e|copying)(?:[.-].*)?$/i.test(entry));
  const holder = license === 'MIT' ? MIT_WITHOUT_FILE[of] : undefined;
  if (name === undefined && holder !== undefined) return `Copyright (c) ${holder}\n\n${MIT}`;
  if (name === undefined) throw new Error(`${folder} has no licence file: its notice must be written by hand.`);
  return readFileSync(path.join(folder, name), 'utf8');
}
