import { readFileSync } from 'node:fs';

/** The version of this package; empty in the packaged app, whose shell knows the version. */
export function packageVersion(): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
