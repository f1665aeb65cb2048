import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../engine/own-file.ts';

/** The version of this package; empty in the packaged app, whose shell knows the version. */
export function packageVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
