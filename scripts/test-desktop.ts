import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** The desktop shell's tests: on the stand-in for Electron, or on the real one that STUDIO_ELECTRON names. */
const root = path.resolve(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/electron'], { cwd: root, stdio: 'inherit', env: { ...process.env, STUDIO_DESKTOP: '1' } });
process.exitCode = status ?? 1;
