import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { startRunner, type Runner, type RunnerEvents } from '../../engine/runner/parent.ts';
import type { RunnerTask } from '../../engine/runner/protocol.ts';
import type { Problem, Workspace } from '../api/api.ts';
import type { FolderTrust } from './folder-trust.ts';

export class NotTrustedError extends Error {
  override readonly name = 'NotTrustedError';
}

/**
 * Guards everything that executes code of the open folder. The host starts runners only here (a lint rule checks that),
 * so that nobody can forget to ask for trust.
 */
export class FolderGuard {
  /** The real path. */
  readonly folder: string;
  /** Identifies this opening of the folder: an answer to the question of another opening does not count. */
  readonly #question = randomUUID();
  readonly #trust: FolderTrust;
  #isTrusted = false;

  private constructor(folder: string, trust: FolderTrust) {
    this.folder = folder;
    this.#trust = trust;
  }

  /** @throws when there is no such folder */
  static async of(folder: string, trust: FolderTrust): Promise<FolderGuard> {
    const guard = new FolderGuard(await realpath(folder), trust);
    await guard.renew();
    return guard;
  }

  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  shown(): Workspace['trust'] {
    return this.#isTrusted ? { state: 'trusted' } : { state: 'untrusted', question: this.#question };
  }

  /** Checks again whether the folder is trusted. */
  async renew(): Promise<void> {
    this.#isTrusted = await this.#trust.isTrusted(this.folder);
  }

  /** Trusts the folder from now on. @throws when the answer belongs to another question, or cannot be stored */
  async accept(question: string): Promise<void> {
    if (question !== this.#question)
      throw new NotTrustedError(
        'Another folder has been opened since this question was asked. Look at the path, and answer the question again.',
      );
    this.#refuseLink();
    await this.#trust.trust(this.folder);
    await this.renew();
  }

  /** Why nothing of the folder may be executed; undefined when it may. */
  refusal(): Problem | undefined {
    try {
      this.check();
      return undefined;
    } catch (error) {
      if (error instanceof NotTrustedError) return { name: error.name, message: error.message };
      throw error;
    }
  }

  /** @throws NotTrustedError unless the folder's code may be executed */
  check(): void {
    if (!this.#isTrusted)
      throw new NotTrustedError(
        `The folder ${this.folder} is not trusted, so nothing in it is executed. Press "Trust folder…" at the top ` +
          `of the window, then try again.`,
      );
    this.#refuseLink();
  }

  /** Starts a runner. @throws NotTrustedError unless the folder's code may be executed */
  startRunner(task: RunnerTask, events: RunnerEvents): Runner {
    this.check();
    return startRunner(task, events);
  }

  /** The folder may have been replaced by a link to a folder that nobody has trusted. */
  #refuseLink(): void {
    let now: string | undefined;
    try {
      now = realpathSync.native(this.folder);
    } catch (error) {
      throw new NotTrustedError(`The folder ${this.folder} cannot be found any more, so nothing in it is executed.`, {
        cause: error,
      });
    }
    if (now !== this.folder)
      throw new NotTrustedError(
        `${this.folder} leads to another folder now, ${now}, so nothing in it is executed. Open that folder instead.`,
      );
  }
}
