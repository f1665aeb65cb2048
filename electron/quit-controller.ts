import { app, powerMonitor, type BrowserWindow } from 'electron';
import type { Host } from '../host/host.ts';
import { dialogText } from './dialog-text.ts';
import { onHostEvent } from './pipe.ts';
import type { StudioWindow } from './studio-window.ts';

/** A step may need time to stop. The host kills a process that does not stop before this is over. */
const PAUSE_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;
/** The notification that says how the last run ended can be clicked for this long. */
const QUIT_AFTER_RUNS_MS = 60_000;

/** Closing the window, and quitting. A run that is running is not ended without asking. */
export class QuitController {
  readonly #host: Host;
  readonly #studio: StudioWindow;
  #isDecided = false;
  #isAsking = false;
  #quitTimer: NodeJS.Timeout | undefined;

  constructor(host: Host, studio: StudioWindow) {
    this.#host = host;
    this.#studio = studio;
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit();
    });
    this.#stopRunsBeforeTheEnd();
    this.#takeSignals();
    onHostEvent(host, 'onRun', () => this.#quitIfDone());
  }

  watch(window: BrowserWindow): void {
    window.on('close', event => {
      if (this.#isDecided || this.#host.hasLiveRuns().length === 0) return;
      event.preventDefault();
      void this.#ask();
    });
    window.on('show', () => {
      clearTimeout(this.#quitTimer);
      this.#quitTimer = undefined;
    });
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const live = this.#host.hasLiveRuns();
      const { response } = await this.#studio.question({
        type: 'question',
        title: app.getName(),
        ...questionAbout(live.map(({ name }) => dialogText(name))),
        buttons: ['Keep Running', 'Pause Runs and Quit', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      if (response === 0) this.#studio.hide();
      if (response === 1) await this.#pauseAndQuit();
    } finally {
      this.#isAsking = false;
    }
  }

  async #pauseAndQuit(): Promise<void> {
    const giveUpAt = performance.now() + PAUSE_WITHIN_MS;
    for (const { run } of this.#host.hasLiveRuns()) await this.#host.api.stopRun({ run, as: 'paused' });
    while (this.#host.hasLiveRuns().length > 0 && performance.now() < giveUpAt)
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    this.#isDecided = true;
    app.quit();
  }

  /** While its window is hidden, the app only waits for its runs. */
  #quitIfDone(): void {
    if (!this.#studio.isHidden || this.#isAsking || this.#host.hasLiveRuns().length > 0) return;
    this.#quitTimer ??= setTimeout(() => {
      if (this.#studio.isHidden && this.#host.hasLiveRuns().length === 0) app.quit();
    }, QUIT_AFTER_RUNS_MS);
  }

  /** The host closes processes and a store, which takes a moment. Electron does not wait by itself. */
  #stopRunsBeforeTheEnd(): void {
    app.on('will-quit', event => {
      event.preventDefault();
      void this.#host
        .close()
        .catch((error: unknown) => console.error(error))
        .then(() => app.exit(0));
    });
  }

  /**
   * Whoever ends the app this way, the system included, does not wait for an answer: runs are interrupted, and can be
   * resumed.
   */
  #takeSignals(): void {
    const leave = () => {
      this.#isDecided = true;
      app.quit();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
    powerMonitor.on('shutdown', leave);
  }
}

function questionAbout(names: readonly string[]): { message: string; detail: string } {
  const [name = ''] = names;
  return {
    message: names.length === 1 ? `A run of ${name} is still running.` : `${names.length} runs are still running.`,
    detail:
      'Keep Running: the window closes, and the app quits when the runs have finished. Open the app again to see ' +
      'them. Pause Runs and Quit: you can resume the runs later.',
  };
}
