import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { preventable } from './events.ts';
import { launch } from './launch.ts';

/** As much of a window as quitting needs. */
interface OpenWindow {
  close(): void;
}

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly commandLine = {
    appendSwitch: (): void => undefined,
    hasSwitch: (name: string): boolean => launch.switches.has(name),
    getSwitchValue: (name: string): string => launch.switches.get(name) ?? '',
  };
  /** For the stand-in itself. */
  readonly openWindows = new Set<OpenWindow>();
  /** Ends what the stand-in has started; then the process ends. */
  end: () => Promise<void> = async () => undefined;
  readonly #ready = Promise.withResolvers<void>();
  readonly #paths = new Map<string, string>();
  #name = launch.manifest.productName ?? launch.manifest.name ?? 'Electron';
  #isReady = false;
  #quitting = false;
  #ending = false;
  #lock: string | undefined;

  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
  }
  getName(): string {
    return this.#name;
  }
  setName(name: string): void {
    this.#name = name;
  }
  getVersion(): string {
    return launch.manifest.version ?? process.versions.electron ?? '';
  }
  getAppPath(): string {
    return launch.folder;
  }
  getLocale(): string {
    return 'en-US';
  }
  setAppUserModelId(): void {
    /* Windows only. */
  }
  setAboutPanelOptions(): void {
    /* Shown by the system. */
  }
  addRecentDocument(): void {
    /* Kept by the system. */
  }
  enableSandbox(): void {
    /* Windows say it for themselves. */
  }
  focus(): void {
    /* There is one screen, and we are on it. */
  }

  getPath(name: string): string {
    const set = this.#paths.get(name);
    if (set !== undefined) return set;
    const known: Record<string, string> = {
      home: os.homedir(),
      temp: os.tmpdir(),
      documents: path.join(os.homedir(), 'Documents'),
      exe: process.execPath,
      appData: process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config'),
    };
    if (name === 'userData' || name === 'sessionData')
      return launch.switches.get('user-data-dir') ?? path.join(this.getPath('appData'), this.#name);
    const found = known[name];
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }

  setPath(name: string, place: string): void {
    this.#paths.set(name, place);
  }

  isReady(): boolean {
    return this.#isReady;
  }
  async whenReady(): Promise<void> {
    await this.#ready.promise;
  }

  /** For the stand-in itself. */
  becomeReady(): void {
    this.#isReady = true;
    this.#ready.resolve();
    this.emit('ready', {}, {});
  }

  /** A second start leaves its message as a file beside the lock, which the first one watches. */
  requestSingleInstanceLock(additionalData: unknown = {}): boolean {
    const folder = path.join(this.getPath('userData'), 'standin-instances');
    mkdirSync(folder, { recursive: true });
    const lock = path.join(folder, 'lock');
    if (!takeLock(lock)) {
      const message = path.join(folder, String(process.pid));
      writeFileSync(message, JSON.stringify({ argv: launch.argv, cwd: process.cwd(), additionalData }));
      renameSync(message, `${message}.json`);
      return false;
    }
    this.#lock = lock;
    process.on('exit', () => this.releaseSingleInstanceLock());
    watch(folder, () => {
      for (const name of readdirSync(folder)) if (name.endsWith('.json')) this.#hearSecond(path.join(folder, name));
    }).unref();
    return true;
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock !== undefined;
  }

  releaseSingleInstanceLock(): void {
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
    this.#lock = undefined;
  }

  quit(): void {
    if (this.#quitting || this.#ending) return;
    const event = preventable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#quitting = true;
    for (const window of this.openWindows) window.close();
    this.windowsChanged();
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    process.exit(code);
  }

  /** For windows: one was closed, or would not be. */
  windowsChanged({ refused = false } = {}): void {
    if (refused) this.#quitting = false;
    else if (this.openWindows.size === 0 && this.#quitting) void this.#finish();
    else if (this.openWindows.size === 0 && this.#isReady) {
      if (this.listenerCount('window-all-closed') === 0) this.quit();
      else this.emit('window-all-closed');
    }
  }

  async #finish(): Promise<void> {
    if (this.#ending) return;
    const event = preventable();
    this.emit('will-quit', event);
    if (event.defaultPrevented) {
      this.#quitting = false;
      return;
    }
    this.#ending = true;
    await this.end();
    this.exit(0);
  }

  #hearSecond(file: string): void {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
      rmSync(file);
    } catch {
      return; // Heard already.
    }
    const { argv, cwd, additionalData } = JSON.parse(text) as { argv: string[]; cwd: string; additionalData: unknown };
    this.emit('second-instance', {}, argv, cwd, additionalData);
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = Number(readFileSync(lock, 'utf8'));
    if (isAlive(owner)) return false;
    writeFileSync(lock, String(process.pid));
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new App();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
