import { Session } from 'node:inspector/promises';
import type { Debugger } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { expressionsIn } from './expressions.ts';
import { shownValue } from './shown-value.ts';
import type { LineValue } from '../../../run/probe/answer.ts';
import type { FromThread, WatchedFiles } from './watch-values.ts';

/*
 * The thread that looks at the main thread while a probe executes: it pauses at each exception, reads what the line of the author's
 * file names, and lets it go on. What would have an effect is not read.
 */

const port = parentPort;
if (!port) throw new Error('This file is a thread of a runner: it is not run by itself.');
const { urls: files } = workerData as WatchedFiles;
/** A body that throws very often would take very long. */
const MOST_PAUSES = 300;
/** What waits for an answer of the session does not keep the thread alive by itself. */
setInterval(() => undefined, 60_000);

const session = new Session();
session.connectToMainThread();
/** Frames have no address of their own. */
const urls = new Map<string, string>();
let latest: readonly LineValue[] = [];
let pauses = 0;

session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
session.on('Debugger.paused', ({ params }) => void look(params));
port.on('message', () => tell({ type: 'values', values: latest }));
await session.post('Debugger.enable');
await session.post('Debugger.setPauseOnExceptions', { state: 'all' });
tell({ type: 'ready' });

async function look({ callFrames }: Debugger.PausedEventDataType): Promise<void> {
  try {
    const frame = callFrames.find(({ location }) => files.includes(urls.get(location.scriptId) ?? ''));
    // The last pause before the failure is the one that counts.
    if (frame) latest = await valuesAt(frame);
    pauses += 1;
    if (pauses >= MOST_PAUSES) await session.post('Debugger.setPauseOnExceptions', { state: 'none' });
  } finally {
    await session.post('Debugger.resume').catch(() => undefined);
  }
}

async function valuesAt({ callFrameId, location }: Debugger.CallFrame): Promise<LineValue[]> {
  const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId: location.scriptId });
  const line = scriptSource.split('\n')[location.lineNumber] ?? '';
  const values: LineValue[] = [];
  for (const name of expressionsIn(line)) {
    const { result, exceptionDetails } = await session.post('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression: name,
      silent: true,
      generatePreview: true,
      // A getter may do anything.
      throwOnSideEffect: true,
    });
    if (!exceptionDetails) values.push({ name, text: shownValue(name, result) });
  }
  return values;
}

function tell(message: FromThread): void {
  port?.postMessage(message);
}
