import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

/*
 * Which files Cronflow looks at in a folder. The command line and the Studio share this rule; `lookAtSource` then
 * decides which of these files are workflow files. A file that is named explicitly is loaded whatever this rule says.
 */

const SOURCE = /\.[mc]?[jt]s$/;
const NOT_SOURCE = /\.d\.[mc]?ts$|\.(?:test|spec|config)\.[mc]?[jt]s$/;
/** Installed packages and what builds leave behind. */
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'build', 'out', 'coverage']);

/** A folder that holds more than this was probably opened by mistake: a home folder, a disk. */
export const MOST_FOLDERS = 2_000;
export const MOST_FILES = 10_000;
const MOST_NAMED = 5;

/** Whether a folder of this name is skipped, with everything in it. */
export function isSkippedFolder(name: string): boolean {
  return name.startsWith('.') || SKIPPED_FOLDERS.has(name);
}

export interface FolderContent {
  readonly files: string[];
  readonly folders: string[];
  /** Symbolic links that have the name of a source file, or that may be folders. */
  readonly links: string[];
}

/** What is of interest in one folder. */
export function contentOf(folder: string, entries: readonly Dirent[]): FolderContent {
  const content: FolderContent = { files: [], folders: [], links: [] };
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isFile() && isSourceName(entry.name)) content.files.push(full);
    else if (entry.isDirectory() && !isSkippedFolder(entry.name)) content.folders.push(full);
    else if (entry.isSymbolicLink() && isLinkOfInterest(entry.name)) content.links.push(full);
  }
  return content;
}

function isSourceName(name: string): boolean {
  return SOURCE.test(name) && !NOT_SOURCE.test(name) && !name.startsWith('.');
}

function isLinkOfInterest(name: string): boolean {
  return isSourceName(name) || (path.extname(name) === '' && !isSkippedFolder(name));
}

/**
 * Whether a link leads out of the folder. No link is followed: what a link inside the folder leads to is found at its own place,
 * once, and what lies outside is not looked at. `root` is a real path.
 */
export function leadsOutside(root: string, target: string): boolean {
  const relative = path.relative(root, target);
  // The folder itself is not outside, and neither is the `..data` in it.
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
}

/** What was not looked at although it is in the folder, so that it can be told. */
export class ScanGaps {
  /** Links that lead out of the folder. */
  readonly links = new Set<string>();
  /** Folders that cannot be read, each with the reason. */
  readonly unreadable = new Map<string, string>();
  tooManyFolders = false;
  tooManyFiles = false;

  /** One sentence for each kind of gap. @param nameOf How a path is shown. */
  texts(nameOf: (file: string) => string): string[] {
    const texts: string[] = [];
    if (this.links.size > 0) texts.push(linksOut([...this.links].map(nameOf)));
    if (this.unreadable.size > 0) {
      const folders = [...this.unreadable].map(([folder, reason]) => `${nameOf(folder)} (${reason})`);
      texts.push(`${listed(folders)} cannot be read.`);
    }
    const advice = 'Open a folder in it, or name a file.';
    if (this.tooManyFolders)
      texts.push(
        `This folder holds more than ${MOST_FOLDERS.toLocaleString('en')} folders; the others are not looked at. ${advice}`,
      );
    if (this.tooManyFiles)
      texts.push(
        `This folder holds more than ${MOST_FILES.toLocaleString('en')} source files; the others are not looked at. ${advice}`,
      );
    return texts;
  }
}

function linksOut(names: readonly string[]): string {
  return names.length === 1
    ? `The link ${listed(names)} leads out of this folder and is not followed.`
    : `The links ${listed(names)} lead out of this folder and are not followed.`;
}

function listed(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, MOST_NAMED);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

export interface Scan {
  /** Sorted. */
  readonly files: readonly string[];
  readonly gaps: ScanGaps;
}

/** The source files below a folder, nearest first until there are too many. */
export function scanFolder(folder: string): Scan {
  const root = realpathSync(folder);
  const gaps = new ScanGaps();
  const files: string[] = [];
  const folders = [folder];
  // The list grows while it is walked.
  for (const current of folders) {
    const content = contentOf(current, entriesOf(current, gaps));
    for (const link of content.links) if (isLinkOut(root, link)) gaps.links.add(link);
    for (const file of content.files) {
      if (files.length < MOST_FILES) files.push(file);
      else gaps.tooManyFiles = true;
    }
    for (const inner of content.folders) {
      if (folders.length < MOST_FOLDERS) folders.push(inner);
      else gaps.tooManyFolders = true;
    }
  }
  return { files: files.toSorted(), gaps };
}

function entriesOf(folder: string, gaps: ScanGaps): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    gaps.unreadable.set(folder, codeOf(error));
    return [];
  }
}

function isLinkOut(root: string, link: string): boolean {
  try {
    return leadsOutside(root, realpathSync(link));
  } catch {
    return false; // It leads nowhere, or round in a circle.
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
