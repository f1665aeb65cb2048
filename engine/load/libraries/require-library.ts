import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ownFile } from '../../own-file.ts';

const require = createRequire(import.meta.url);

/**
 * Loads one of the libraries that lie beside this file, when it is first needed: most processes need none of them, and the larger
 * takes longer to load than all else that a run needs to start.
 */
export function requireLibrary(name: 'babel' | 'code-frame'): unknown {
  return require(fileURLToPath(ownFile(`engine/load/libraries/${name}`)));
}
