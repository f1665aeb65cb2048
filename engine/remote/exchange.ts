import { randomUUID } from 'node:crypto';
import type { Clock } from '../run/clock.ts';
import { FrameCodec, type Frame } from './frames.ts';
import { Link, type LinkEvents } from './link.ts';
import type { Mailbox, OpenMailbox } from './mailbox.ts';

/** How often a process gives a sign of life, and looks for those of others. */
export const TICK_MS = 1_000;
/** A coordinator gives a worker up after so many ticks without a word. */
const WORKER_SILENT_TICKS = 3;
/** After so many in which it took nothing of what it was sent. */
const WORKER_DEAF_TICKS = 15;
/** A worker gives its coordinator up. It may just have been stopped, or moved to another network: that is waited for. */
const COORDINATOR_SILENT_TICKS = 60;
/** At the end, so long is waited for the server to take what is still to be said. */
const LAST_WORDS_MS = 1_000;
/** Links that are over, and may be named again by letters that come late. */
const MOST_REMEMBERED = 10_000;

export interface ExchangeOptions {
  readonly openMailbox: OpenMailbox;
  /** New at each start. */
  readonly address: string;
  /** What signs letters. */
  readonly secret: string;
  readonly clock: Clock;
  /** How long a letter waits for what is sent next, when another one has just gone. */
  readonly gapMs: number;
  /** The server, or the way to it, does not take what it is given, for that reason; undefined: it does again. */
  readonly onTrouble?: (error: Error | undefined) => void;
  /** A letter has come that is not signed with the secret: somebody has another one. */
  readonly onForeign?: () => void;
}

/** What a process does with a link that another one begins. */
export type Accept<Out, In> = (link: Link<Out, In>, from: string) => LinkEvents<In>;

/** All links of a process, over its mailbox: either those that it begins, as a coordinator, or those that others begin. */
export class Exchange<Out, In> {
  readonly #options: ExchangeOptions;
  readonly #codec: FrameCodec;
  readonly #accept: Accept<Out, In> | undefined;
  readonly #links = new Map<string, Link<Out, In>>();
  readonly #over = new Set<string>();
  #mailbox: Mailbox | undefined;
  #cancelTick: (() => void) | undefined;
  #isClosed = false;
  #isInTrouble = false;
  #isEchoOnWay = false;
  /** What the server has not answered yet. */
  readonly #posts = new Set<Promise<void>>();
  /** Whether one of its own letters has come back since the last tick. */
  #hasEcho = false;

  /** @param accept Undefined: it begins all links itself. */
  constructor(options: ExchangeOptions, accept?: Accept<Out, In>) {
    this.#options = options;
    this.#codec = new FrameCodec(options.secret);
    this.#accept = accept;
  }

  /** @throws What the server, or the way to it, says against it */
  async open(): Promise<void> {
    this.#mailbox = await this.#options.openMailbox(this.address, letter => this.#hear(letter));
    this.#armTick();
  }

  get address(): string {
    return this.#options.address;
  }

  /** Begins a link with a worker. */
  begin(peer: string, events: LinkEvents<In>): Link<Out, In> {
    return this.#add(randomUUID(), peer, () => events);
  }

  /** Ends all links, and tells those at their other ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTick?.();
    for (const link of this.#links.values()) link.close();
    // A server that is away does not hold the end up: the others find out by themselves.
    const patience = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(LAST_WORDS_MS, patience.resolve);
    await Promise.race([Promise.allSettled(this.#posts), patience.promise]);
    cancel();
    await this.#mailbox?.close();
  }

  #add(id: string, peer: string, eventsOf: Accept<Out, In>): Link<Out, In> {
    const { clock, gapMs } = this.#options;
    const link: Link<Out, In> = new Link<Out, In>({
      clock,
      gapMs,
      post: frame => this.#post(peer, { ...frame, link: id, from: this.address, to: peer }),
      onEnd: () => this.#forget(id),
      ...(this.#accept
        ? { silentTicks: COORDINATOR_SILENT_TICKS }
        : { silentTicks: WORKER_SILENT_TICKS, deafTicks: WORKER_DEAF_TICKS }),
    });
    this.#links.set(id, link);
    link.events = eventsOf(link, peer);
    return link;
  }

  #forget(id: string): void {
    this.#links.delete(id);
    this.#over.add(id);
    if (this.#over.size <= MOST_REMEMBERED) return;
    for (const oldest of this.#over) {
      this.#over.delete(oldest);
      return;
    }
  }

  #hear(letter: string): void {
    if (this.#isClosed) return;
    const frame = this.#codec.open(letter);
    if (!frame) this.#options.onForeign?.();
    else if (frame.to !== this.address) return;
    else if (frame.kind === 'echo') this.#hasEcho = true;
    else this.#linkOf(frame)?.hear(frame);
  }

  /** Undefined: it is over, or the other end has to be told that it is. */
  #linkOf({ link: id, from, kind }: Frame): Link<Out, In> | undefined {
    const link = this.#links.get(id);
    if (link || kind === 'gone') return link;
    // Its first letter may come after others.
    if (this.#accept && !this.#over.has(id)) return this.#add(id, from, this.#accept);
    this.#post(from, { kind: 'gone', link: id, from: this.address, to: from }).catch(() => undefined);
    return undefined;
  }

  async #post(to: string, frame: Frame): Promise<void> {
    const post = this.#mailbox?.post(to, this.#codec.seal(frame));
    if (!post) return;
    this.#posts.add(post);
    try {
      await post;
      this.#trouble(undefined);
    } catch (error) {
      this.#trouble(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      this.#posts.delete(post);
    }
  }

  #trouble(error: Error | undefined): void {
    if (this.#isInTrouble === (error !== undefined) || this.#isClosed) return;
    this.#isInTrouble = error !== undefined;
    this.#options.onTrouble?.(error);
  }

  #armTick(): void {
    if (!this.#isClosed) this.#cancelTick = this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  /**
   * A worker that is not heard may be well, and the server away, or this process cut off from it. A coordinator knows that by the
   * letters that it sends to itself: while they do not come back, nobody is lost. A worker is patient instead.
   */
  #tick(): void {
    const isHearing = this.#accept !== undefined || this.#hasEcho;
    this.#hasEcho = false;
    for (const link of [...this.#links.values()]) link.tick(isHearing);
    if (!this.#accept && this.#links.size > 0 && !this.#isEchoOnWay) this.#sendEcho();
    this.#armTick();
  }

  #sendEcho(): void {
    this.#isEchoOnWay = true;
    const over = () => {
      this.#isEchoOnWay = false;
    };
    const { address } = this;
    this.#post(address, { kind: 'echo', link: '', from: address, to: address }).then(over, over);
  }
}
