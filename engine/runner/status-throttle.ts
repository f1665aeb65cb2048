import type { BatchListener } from '../run/run-progress.ts';
import type { BatchChanges } from './protocol.ts';

/** About thirty a second: more than a person can follow. */
const EVERY_MS = 33;
/**
 * When so much changes at a time that nobody sees a single change, sending less often leaves the run more of the
 * machine (bench/studio.ts).
 */
const MANY_CHANGES = 500;
const WITH_MANY_EVERY_MS = 100;

interface StatusesOfNode {
  readonly node: number;
  readonly parent: number;
  /** By index. */
  readonly statuses: Map<number, number>;
}

/** Collects changes of batch statuses, only the last of each batch, and sends them packed. */
export class StatusThrottle {
  readonly #send: (changes: BatchChanges[]) => void;
  readonly #hasRoom: () => boolean;
  /** By node and parent. */
  #pending = new Map<string, StatusesOfNode>();
  /** Where the last change was: mostly the next one is there, too. */
  #last: StatusesOfNode | undefined;
  #timer: NodeJS.Timeout | undefined;
  #everyMs = EVERY_MS;

  /** @param hasRoom Whether the parent takes what it is sent. Until then, the last status of each batch waits. */
  constructor(send: (changes: BatchChanges[]) => void, hasRoom: () => boolean = () => true) {
    this.#send = send;
    this.#hasRoom = hasRoom;
  }

  readonly add: BatchListener = (node, parent, index, status) => {
    const last = this.#last;
    const of = last?.node === node && last.parent === parent ? last : (this.#last = this.#of(node, parent));
    of.statuses.set(index, status);
    if (this.#timer === undefined) this.#wait();
  };

  #of(node: number, parent: number): StatusesOfNode {
    const key = `${node}:${parent}`;
    let of = this.#pending.get(key);
    if (!of) this.#pending.set(key, (of = { node, parent, statuses: new Map() }));
    return of;
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#hasRoom()) this.flush();
      else this.#wait();
    }, this.#everyMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    const changes = [...this.#pending.values()].map(({ node, parent, statuses }) => ({
      node,
      parent,
      indices: Uint32Array.from(statuses.keys()),
      statuses: Uint8Array.from(statuses.values()),
    }));
    this.#pending = new Map();
    this.#last = undefined;
    this.#everyMs =
      changes.reduce((sum, { indices }) => sum + indices.length, 0) > MANY_CHANGES ? WITH_MANY_EVERY_MS : EVERY_MS;
    this.#send(changes);
  }
}
