import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inElement, type Program } from '../../common/recording/html.ts';
import { packageRoot } from '../../engine/own-file.ts';

/** The page as it is built for the Studio, whose script is that of exported files, too. */
const PAGE = path.join(packageRoot, 'out', 'renderer');
const NOTICES = path.join(packageRoot, 'out', 'THIRD-PARTY-NOTICES.txt');

export class PageMissingError extends Error {
  override readonly name = 'PageMissingError';
}

/** What is the same in each exported file. @throws PageMissingError */
export function pageProgram(): Program {
  try {
    const html = readFileSync(path.join(PAGE, 'index.html'), 'utf8');
    const worker = readdirSync(path.join(PAGE, 'assets')).find(file => /^elk-worker.*\.js$/.test(file));
    const script = inElement(withoutMap(asset(/ src="\.\/([^"]+\.js)"/.exec(html)?.[1])));
    const styles = asset(/ href="\.\/([^"]+\.css)"/.exec(html)?.[1]);
    if (/<\/style/i.test(styles)) throw new Error('Its styles end their element.');
    return {
      script,
      sha256: createHash('sha256').update(script).digest('base64'),
      styles,
      worker: inElement(withoutMap(asset(worker && `assets/${worker}`))),
      notices: readFileSync(NOTICES, 'utf8'),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PageMissingError(
      `The page that is written into exported files cannot be read: ${why} In a checkout run "npm run build"; else install Cronflow again.`,
      { cause: error },
    );
  }
}

function asset(file: string | undefined): string {
  if (file === undefined) throw new Error(`A file is missing in ${PAGE}.`);
  return readFileSync(path.join(PAGE, file), 'utf8');
}

function withoutMap(code: string): string {
  return code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '');
}
