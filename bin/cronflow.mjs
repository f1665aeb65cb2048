#!/usr/bin/env node
// Plain JavaScript that any Node can read: finds a Node that can run Cronflow before anything native is loaded
// (better-sqlite3 crashes a Node that is too old instead of saying so).
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isBuiltFromSources } from './built.mjs';
import { enableOwnCompileCache } from './compile-cache.mjs';
import { faultOfNode, OLDEST_NODE } from './node-version.mjs';

const require = createRequire(import.meta.url);
// To import it would load its streams and promises, too: 3 ms of the processor, an eighth of what a bare Node takes.
const { existsSync } = require('node:fs');

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
// Node strips types from a checkout's own files, and from nothing that is installed under node_modules.
const source = path.join(root, 'cli', 'main.ts');
const isBuilt = root.split(path.sep).includes('node_modules') || !existsSync(source) || isBuiltFromSources(root);
const entry = isBuilt ? path.join(root, 'dist', 'cli', 'main.js') : source;

/** Tells the process that runWith starts that it is that one. Nothing that it starts gets it. */
const SECOND = 'CRONFLOW_SECOND_PROCESS';

const fault = faultOfNode(process.versions.node);
if (fault === undefined) {
  if (process.env[SECOND] !== undefined) endWithFirst();
  enableOwnCompileCache();
  enterCallersFolder();
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = bundledNode();
  if (node) runWith(node);
  else {
    console.error(fault);
    process.exitCode = 2;
  }
}

/** npm goes to the checkout before it runs a script. Paths, in arguments and in messages, are for where its caller is. */
function enterCallersFolder() {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  if (script === 'cronflow' && folder !== undefined && existsSync(folder)) process.chdir(folder);
}

/** The Node that comes as an optional dependency on Linux and Windows. */
function bundledNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    const node = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined; // Not for this platform, or left out by --omit=optional.
  }
}

/**
 * Whoever kills the command (`kill -9`) knows only the first of its two processes, and means both. It ends as if it had
 * been killed itself: what it has started takes that up.
 */
function endWithFirst() {
  delete process.env[SECOND];
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // It waits for nothing else of it.
  process.channel?.unref();
}

function runWith(node) {
  const { spawn } = require('node:child_process');
  // By the name it was called by: messages say how to call it again. After `--`, Node looks for no options of its own, which
  // it else does in ours, too (--env-file).
  const child = spawn(node, ['--', process.argv[1] ?? fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel closes with this process, however it ends: that is how the other one notices.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [SECOND]: '1' },
  });
  // What comes of a signal is the child's to say. A terminal sends Ctrl-C to both of us; twice in one moment counts once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    console.error(
      `${node} could not be started: ${error.message}. Install Node ${OLDEST_NODE} or newer, for example from nodejs.org.`,
    );
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      // Our caller is to see what ended it.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
