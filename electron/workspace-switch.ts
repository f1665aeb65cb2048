import type { Result } from '../host/api/api.ts';
import type { Host } from '../host/host.ts';
import type { AppLink } from '../common/app-link.ts';
import { dialogText } from './dialog-text.ts';
import type { Opening, OpenRequest } from './opening.ts';
import { onHostEvent } from './pipe.ts';
import type { StudioWindow } from './studio-window.ts';

/** Opens another folder instead of the one that is open, and reloads the page for it. */
export class WorkspaceSwitch {
  readonly #host: Host;
  readonly #studio: StudioWindow;

  #folder: string;

  /** @param folder The one that is open, by its real path */
  constructor(host: Host, studio: StudioWindow, folder: string) {
    this.#host = host;
    this.#studio = studio;
    this.#folder = folder;
    // The page can open another folder, too.
    onHostEvent(host, 'onWorkspace', workspace => this.#isNow(workspace.folder));
  }

  async take(request: OpenRequest): Promise<void> {
    await (request.kind === 'opening' ? this.open(request.opening) : this.#follow(request.link));
  }

  async open({ folder, file, trustForThisLaunch, store }: Opening): Promise<void> {
    const isToOpen = folder !== this.#folder || trustForThisLaunch === true || store !== undefined;
    if (isToOpen && !(await this.#done(this.#host.openFolder(folder, { trustForThisLaunch, store })))) return;
    if (file !== undefined) this.#studio.ask({ kind: 'open-file', file });
    this.#studio.show();
  }

  /** Shows what a link leads to. Into another folder only once a person agrees, and only into one that they opened before. */
  async #follow({ address, folder = this.#folder }: AppLink): Promise<void> {
    if (folder !== this.#folder) {
      const { recent } = await this.#host.api.getWorkspace({});
      const known = recent.find(other => other.folder === folder);
      const { response } = await this.#studio.question(
        known
          ? {
              type: 'question',
              message: 'A link leads to another folder.',
              detail: `Open ${dialogText(folder)}?`,
              buttons: ['Open', 'Cancel'],
              defaultId: 0,
              cancelId: 1,
            }
          : {
              type: 'warning',
              message: 'A link leads to a folder that was not opened here before.',
              detail: `Nothing was opened. If you know the folder ${dialogText(folder)}, open it with File > Open Folder…, then the link again.`,
              buttons: ['Close'],
            },
      );
      if (!known || response !== 0 || !(await this.#done(this.#host.openFolder(folder)))) return;
    }
    this.#studio.ask({ kind: 'open-address', address });
    this.#studio.show();
  }

  async openRecent(token: string): Promise<void> {
    await this.#done(this.#host.api.openRecent({ token }));
  }

  async #done(opening: Promise<Result<'openRecent'>>): Promise<boolean> {
    const opened = await opening;
    if (opened.ok) this.#isNow(opened.value.folder);
    else
      await this.#studio.question({
        type: 'warning',
        message: 'The folder was not opened.',
        detail: opened.problem.message,
      });
    return opened.ok;
  }

  /** All that the page shows is of the folder before. */
  #isNow(folder: string): void {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#studio.restart();
  }
}
