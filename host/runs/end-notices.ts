import { isTold, tellNotices } from '../../engine/runner/notice/notices.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import { isForeseen } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';

export interface EndNoticesOptions {
  readonly store: Pick<Store, 'do' | 'file'>;
  readonly onError: (error: unknown) => void;
}

/** Tells those whom the store names of the end of runs that this host has executed. What fails is in the log of the run. */
export class EndNotices {
  readonly #options: EndNoticesOptions;
  readonly #telling = new Set<Promise<void>>();

  constructor(options: EndNoticesOptions) {
    this.#options = options;
  }

  /** @param isLost Its process ended without saying how. */
  ended(run: number, isLost: boolean): void {
    const telling = this.#tell(run, isLost)
      .catch((error: unknown) => {
        if (!isForeseen(error)) this.#options.onError(error);
      })
      .finally(() => this.#telling.delete(telling));
    this.#telling.add(telling);
  }

  /** Resolves when all have been told. */
  async told(): Promise<void> {
    await Promise.all(this.#telling);
  }

  async #tell(run: number, isLost: boolean): Promise<void> {
    const { store } = this.#options;
    const notice = await store.do('noticeOf', run);
    if (!notice || !isTold(notice.policy, notice.finished, isLost)) return;
    const failures = await tellNotices(notice.policy, notice.finished, isLost, {
      store: store.file,
      folder: folderOfStore(store.file),
    });
    if (failures.length > 0) await store.do('logAfterEnd', { run, texts: failures });
  }
}
