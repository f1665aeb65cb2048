// Plain JavaScript that any Node can read, like bin/cronflow.mjs, which loads it before everything else.
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

const { lstatSync, mkdirSync, realpathSync } = nodeModule.createRequire(import.meta.url)('node:fs');

/**
 * Keeps our own files compiled, so that a start takes half the time. What lies in the cache is executed: it is kept
 * where only this
 * user can write, never in the shared temporary folder that Node takes by default, which belongs to whoever makes it first.
 * Nothing is put into the environment. The runner process is told by engine/runner/compile-cache.ts, and the author's
 * code is not.
 */
export function enableOwnCompileCache() {
  // The user has chosen a folder, and Node uses it already.
  if (process.env.NODE_COMPILE_CACHE) return;
  const folder = ownCacheFolder();
  if (folder !== undefined) nodeModule.enableCompileCache(folder);
}

/**
 * The folder for compiled code, made where it is missing; undefined where there is no folder that only this user can write.
 * @param {{ platform?: NodeJS.Platform, env?: NodeJS.ProcessEnv, home?: () => string, uid?: number | undefined }} [system]
 * @returns {string | undefined}
 * @public Tests load it by its address.
 */
export function ownCacheFolder({
  platform = process.platform,
  env = process.env,
  home = homedir,
  uid = process.getuid?.(),
} = {}) {
  try {
    const folder = path.join(cacheFolderOfUser(platform, env, home), 'cronflow', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isPrivate(folder, uid) ? realpathSync(folder) : undefined;
  } catch {
    // No home folder, or one that cannot be written: everything works without a cache, only more slowly.
    return undefined;
  }
}

function cacheFolderOfUser(platform, env, home) {
  if (platform === 'win32')
    return env.LOCALAPPDATA && path.isAbsolute(env.LOCALAPPDATA)
      ? env.LOCALAPPDATA
      : path.join(home(), 'AppData', 'Local');
  if (platform === 'darwin') return path.join(home(), 'Library', 'Caches');
  return env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : path.join(home(), '.cache');
}

/**
 * Whether nobody else can write into the folder, or put another one in its place. Windows has neither owners nor modes
 * to look at: there
 * the folder of the user's profile has an access list that keeps others out.
 */
function isPrivate(folder, uid) {
  const found = lstatSync(folder);
  if (!found.isDirectory()) return false;
  if (uid === undefined) return true;
  if (found.uid !== uid || isWritableByOthers(found)) return false;
  for (let at = path.dirname(realpathSync(folder)); ; at = path.dirname(at)) {
    const parent = lstatSync(at);
    // In a folder with the sticky bit, such as the temporary folder, others cannot rename what is ours.
    const isSticky = (parent.mode & 0o1000) !== 0;
    if ((parent.uid !== uid && parent.uid !== 0) || (isWritableByOthers(parent) && !isSticky)) return false;
    if (at === path.dirname(at)) return true;
  }
}

function isWritableByOthers({ mode }) {
  return (mode & 0o022) !== 0;
}
