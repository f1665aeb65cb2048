import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the app was started. */
export interface Launch {
  readonly argv: readonly string[];
  /** `--name=value` and `--name`. */
  readonly switches: ReadonlyMap<string, string>;
  /** The app's folder. */
  readonly folder: string;
  /** The file its main process begins with. */
  readonly main: string;
  readonly manifest: {
    readonly name?: string;
    readonly productName?: string;
    readonly version?: string;
    readonly main?: string;
  };
}

export const EXECUTABLE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'electron');

function readLaunch(argv: readonly string[]): Launch {
  const switches = new Map(
    argv
      .filter(argument => argument.startsWith('--'))
      .map(argument => {
        const [name = '', ...value] = argument.slice(2).split('=');
        return [name, value.join('=')];
      }),
  );
  const app = path.resolve(argv.find(argument => !argument.startsWith('-')) ?? '.');
  const isFolder = statSync(app).isDirectory();
  const folder = isFolder ? app : path.dirname(app);
  // Like the real one, which takes a name and a version from a folder's package.json, and from a file's not.
  const manifest = isFolder
    ? (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Launch['manifest'])
    : {};
  return {
    argv: [EXECUTABLE, ...argv],
    switches,
    folder,
    main: isFolder ? path.join(app, manifest.main ?? 'index.js') : app,
    manifest,
  };
}

export const launch = readLaunch(process.argv.slice(2));
