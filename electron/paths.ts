import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, or the app's archive once packaged. The main process is always built: this is dist/electron. */
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const PAGE_FOLDER = path.join(ROOT, 'out', 'renderer');
export const PRELOAD = path.join(ROOT, 'out', 'preload', 'index.cjs');
