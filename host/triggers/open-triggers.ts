import type { Result } from '../api/api.ts';
import type { FolderSettings } from '../workspace/folder-settings.ts';
import { Triggers, type TriggersOptions } from './triggers.ts';

/** What a launch was asked for of a folder. */
export interface Launch {
  /** `--triggers` */
  readonly fires: boolean;
  /** Where webhooks are received, if they are. */
  webhooksAt: string | undefined;
}

export interface OpenTriggersOptions extends Omit<TriggersOptions, 'now'> {
  readonly launch: Launch;
  /** Demos are no runs: nothing starts one by itself. */
  readonly isDemo: boolean;
  readonly settings: { get(): FolderSettings; change(change: FolderSettings): void };
}

/** The triggers of the folder that is open. They fire where a person has said so: for this launch, or for this folder. */
export class OpenTriggers {
  readonly triggers: Triggers;
  readonly #options: OpenTriggersOptions;
  #isOn = false;

  constructor(options: OpenTriggersOptions) {
    this.#options = options;
    this.triggers = new Triggers({ ...options, now: () => Date.now() });
    if (options.isDemo) return;
    if (options.launch.fires || options.settings.get().firesTriggers === true) this.#begin();
  }

  /** @throws when it cannot be stored */
  set(on: boolean): void {
    this.#options.settings.change({ firesTriggers: on || undefined });
    if (on) this.#begin();
    else {
      this.#isOn = false;
      this.triggers.pause();
    }
  }

  shown(): Result<'getTriggers'> {
    const { fires, webhooksAt } = this.#options.launch;
    return {
      on: this.#isOn,
      forThisLaunch: fires,
      ...(webhooksAt !== undefined && { webhooks: webhooksAt }),
      triggers: this.triggers.shown(),
    };
  }

  async close(): Promise<void> {
    await this.triggers.close();
  }

  #begin(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.triggers.begin();
  }
}
