import { dirname, join, resolve } from 'node:path';

import {
  createFilesMatcher,
  createPathsMatcher,
  parseTsconfig,
  type FileMatcher,
  type PathsMatcher,
  type TsConfigResult,
} from 'get-tsconfig';

import { describeError } from './describe.ts';
import { foldersUp } from './folders-up.ts';
import { isFile } from './file-types.ts';

/** What a tsconfig.json says of how the files that it is for run. */
export interface Tsconfig {
  /** Its absolute path; what it `extends` is read with it. */
  readonly path: string;
  readonly experimentalDecorators: boolean;
  readonly emitDecoratorMetadata: boolean;
  /** The paths, without an extension where the author left it out, that a name may stand for; `paths`, then `baseUrl`. */
  candidates(specifier: string): string[];
  /** The entry of `paths` that a name falls under, as it is written; undefined when there is none. */
  mapping(specifier: string): string | undefined;
}

/** A tsconfig.json that cannot be read, or that extends one that cannot. */
export interface UnreadableTsconfig {
  readonly path: string;
  readonly problem: string;
}

interface Project {
  readonly tsconfig: Tsconfig;
  readonly isFor: FileMatcher;
  readonly references: readonly string[];
}

const projects = new Map<string, Project | UnreadableTsconfig>();
const nearestOf = new Map<string, string | undefined>();

/**
 * The tsconfig.json that a file is compiled with: the nearest one upwards, as for tsc, or the one that it references for
 * this file, as for editors. Each is read once in a process.
 */
export function tsconfigFor(file: string): Tsconfig | UnreadableTsconfig | undefined {
  const path = nearestTsconfig(dirname(file));
  return path === undefined ? undefined : projectFor(file, path);
}

function nearestTsconfig(folder: string): string | undefined {
  if (!nearestOf.has(folder)) {
    // Only regular files: reading a pipe of that name would never end.
    nearestOf.set(
      folder,
      foldersUp(folder)
        .map(parent => join(parent, 'tsconfig.json'))
        .find(isFile),
    );
  }
  return nearestOf.get(folder);
}

function projectFor(file: string, path: string): Tsconfig | UnreadableTsconfig {
  const project = read(path);
  if ('problem' in project) return project;
  return project.isFor(file) === undefined
    ? (referencedFor(file, project, new Set()) ?? project.tsconfig)
    : project.tsconfig;
}

/** Of the projects that one references, and that those reference, the first that is for the file. */
function referencedFor(file: string, { references }: Project, seen: Set<string>): Tsconfig | undefined {
  for (const path of references.filter(reference => !seen.has(reference) && isFile(reference))) {
    seen.add(path);
    const project = read(path);
    if ('problem' in project) continue;
    const found = project.isFor(file) === undefined ? referencedFor(file, project, seen) : project.tsconfig;
    if (found !== undefined) return found;
  }
  return undefined;
}

function read(path: string): Project | UnreadableTsconfig {
  const known = projects.get(path);
  if (known !== undefined) return known;
  const project = parse(path);
  projects.set(path, project);
  return project;
}

function parse(path: string): Project | UnreadableTsconfig {
  try {
    const result: TsConfigResult = { path, config: parseTsconfig(path) };
    const { compilerOptions = {}, references = [] } = result.config;
    const matcher: PathsMatcher | null = createPathsMatcher(result);
    return {
      tsconfig: {
        path,
        experimentalDecorators: compilerOptions.experimentalDecorators === true,
        emitDecoratorMetadata: compilerOptions.emitDecoratorMetadata === true,
        candidates: specifier => matcher?.(specifier) ?? [],
        mapping: specifier => mappingOf(specifier, compilerOptions.paths ?? {}),
      },
      isFor: createFilesMatcher(result),
      references: references.map(reference => referenced(dirname(path), reference.path)),
    };
  } catch (error) {
    return { path, problem: describeError(error).message };
  }
}

/** A reference names a tsconfig file, or the folder that has one. */
function referenced(folder: string, reference: string): string {
  const path = resolve(folder, reference);
  return /\.json$/i.test(path) ? path : join(path, 'tsconfig.json');
}

function mappingOf(specifier: string, paths: Readonly<Record<string, string[]>>): string | undefined {
  const [best] = Object.keys(paths)
    .filter(pattern => fits(pattern, specifier))
    .toSorted((a, b) => b.indexOf('*') - a.indexOf('*'));
  const pattern = Object.hasOwn(paths, specifier) ? specifier : best;
  return pattern === undefined ? undefined : `"${pattern}": ${JSON.stringify(paths[pattern])}`;
}

function fits(pattern: string, specifier: string): boolean {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return pattern === specifier;
  return specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after);
}
