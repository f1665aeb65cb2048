import * as nodeModule from 'node:module';
import path from 'node:path';

/*
 * Node takes its compile cache from a variable. A runner has it for the engine's own files; the author's code, and what it
 * starts, does not.
 */

const FOLDER = 'NODE_COMPILE_CACHE';
const IS_OURS = 'CRONFLOW_OWN_COMPILE_CACHE';

/**
 * What a runner's environment has in addition, so that it uses the same cache as this process. Nothing where the user
 * has chosen the cache.
 */
export function compileCacheForRunner(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const folder = nodeModule.getCompileCacheDir?.();
  if (env[FOLDER] !== undefined || folder === undefined) return {};
  // Node names a folder for this version of it, which lies in the one that it was given.
  return { [FOLDER]: path.dirname(folder), [IS_OURS]: '1' };
}

/** In the runner, before the author's code is loaded: takes our cache out of the environment, and leaves one of the user's. */
export function forgetCompileCache(env: NodeJS.ProcessEnv = process.env): void {
  if (env[IS_OURS] === undefined) return;
  delete env[FOLDER];
  delete env[IS_OURS];
}
