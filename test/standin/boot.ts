import inspector from 'node:inspector';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { browser } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { EXECUTABLE, launch } from './launch.ts';

/* The executable: reads the command line as Electron does, then loads the app's main process. */

process.argv = [...launch.argv];
// A child that is forked is this program again, which must be told to be Node: forgetting that is found out.
process.execPath = EXECUTABLE;
Object.defineProperty(process.versions, 'electron', { value: '45.4.1-standin', enumerable: true });
Object.defineProperty(process, 'type', { value: 'browser' });
Object.assign(process, { defaultApp: true, resourcesPath: launch.folder });

const inspect = launch.switches.get('inspect');
if (inspect !== undefined) inspector.open(Number(inspect), '127.0.0.1');

const module = new URL('./module.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(?:\/main|\/common)?$/.test(specifier) ? { url: module, shortCircuit: true } : next(specifier, context),
});

process.on('uncaughtException', error => {
  console.error('A JavaScript error occurred in the main process\n', error);
  process.exit(1);
});
try {
  await import(pathToFileURL(launch.main).href);
} catch (error) {
  console.error('App threw an error during load\n', error);
  process.exit(1);
}
const cdp = await startChromium(app.getPath('userData'), launch.switches.get('remote-debugging-port') ?? '0');
app.end = async () => {
  // Chromium ends with the pipe in any case.
  await Promise.race([
    cdp.send('Browser.close').catch(() => undefined),
    new Promise(resolve => setTimeout(resolve, 1_000)),
  ]);
};
cdp.on('closed', () => app.quit());
browser.start(cdp);
app.becomeReady();
