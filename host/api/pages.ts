import type { Debugging, Interrupted, ItemCheck, ItemSearch, LogLine, RunItem, Workspace } from './api.ts';
import { Outbox, type Listener } from './outbox.ts';

/** The pages that are open. Each gets what concerns all of them, and the news of the runs it watches. */
export class Pages {
  readonly #outboxes = new Set<Outbox>();

  add(listener: Listener, isBehind?: () => boolean): Outbox {
    const outbox = new Outbox(listener, isBehind);
    this.#outboxes.add(outbox);
    return outbox;
  }

  remove(outbox: Outbox): void {
    outbox.close();
    this.#outboxes.delete(outbox);
  }

  noteRun(item: RunItem): void {
    for (const outbox of this.#outboxes) outbox.noteRun(item);
  }

  noteGone(run: number): void {
    for (const outbox of this.#outboxes) outbox.noteGone(run);
  }

  noteWorkspace(workspace: Workspace): void {
    for (const outbox of this.#outboxes) outbox.noteWorkspace(workspace);
  }

  noteDebugging(debugging: Debugging): void {
    for (const outbox of this.#outboxes) outbox.noteDebugging(debugging);
  }

  noteInterrupted(interrupted: Interrupted): void {
    for (const outbox of this.#outboxes) outbox.noteInterrupted(interrupted);
  }

  noteLogs(run: number, lines: readonly LogLine[], dropped: number): void {
    for (const outbox of this.#outboxes) outbox.noteLogs(run, lines, dropped);
  }

  noteSearch(search: ItemSearch): void {
    for (const outbox of this.#outboxes) outbox.noteSearch(search);
  }

  noteCheck(check: ItemCheck): void {
    for (const outbox of this.#outboxes) outbox.noteCheck(check);
  }

  /** The runs that any page watches. */
  watched(): readonly number[] {
    return [...this.#outboxes].flatMap(outbox => outbox.watched);
  }

  /** Watched runs have news. */
  plan(): void {
    for (const outbox of this.#outboxes) outbox.plan();
  }

  unwatchAll(): void {
    for (const outbox of this.#outboxes) outbox.unwatchAll();
  }

  close(): void {
    for (const outbox of this.#outboxes) outbox.close();
  }
}
