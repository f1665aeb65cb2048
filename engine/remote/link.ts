import type { Clock } from '../run/clock.ts';
import { IncomingBytes, OutgoingBytes } from './byte-stream.ts';
import type { FrameBody } from './frames.ts';

/** Of a letter. In its text they are a third more. */
const MOST_BYTES = 384 * 1024;
/** So much may be on its way. What comes then waits here. */
const MOST_UNACKED_BYTES = 8 * 1024 * 1024;
/** How long a letter may be without an answer before it is sent again: at first, and after more and more of these. */
const FIRST_RESEND_MS = 1_000;
const LAST_RESEND_MS = 4_000;
/** Sent again at a time: where letters are only slow, all of them again would make them slower. */
const MOST_RESENT_BYTES = 2 * 1024 * 1024;
/**
 * So long a message that nobody waits for waits for others: a letter costs both sides, and the server, more than what is in it.
 * Measured with 2 workers of 8 and steps of 20 ms: 19 letters for 100 batches instead of 46. With 50 ms, no fewer.
 */
const UNHURRIED_MS = 25;
/** What was heard is acknowledged with what is sent anyway; with a letter of its own when nothing was sent for so long. */
const ACK_WITHIN_MS = 200;
/** The sender has to know sooner where it may be waiting for room. */
const ACK_AT_BYTES = MOST_UNACKED_BYTES / 8;
/** Letters that came before one that is missing. */
const MOST_PARKED = 4_096;

export interface LinkEvents<In> {
  readonly onMessage: (message: In) => void;
  /** The other side is gone, for that reason. */
  readonly onLost: (reason: string) => void;
  /** There is room again: see `hasRoom`. */
  readonly onRoom?: () => void;
}

export interface LinkOptions {
  readonly clock: Clock;
  /** What is sent goes together with all that comes within so many milliseconds of the letter before. */
  readonly gapMs: number;
  /** Rejects where the server does not take it. */
  readonly post: (frame: FrameBody) => Promise<void>;
  /** It is over, whoever has ended it. */
  readonly onEnd: () => void;
  /** After so many ticks without a word the other side is lost. */
  readonly silentTicks: number;
  /** After so many in which it has acknowledged nothing of what it was sent, though it is heard. @default never */
  readonly deafTicks?: number | undefined;
}

interface Letter {
  readonly seq: number;
  readonly bytes: Buffer;
  sentAt: number;
  /** The number of the post that the server has not answered yet. */
  post: number | undefined;
}

/**
 * One end of a reliable exchange between two processes: each message of the one arrives at the other once and in order, whatever
 * becomes of single letters, as long as both live.
 */
export class Link<Out, In> {
  readonly #options: LinkOptions;
  /** Set before anything is heard. */
  events: LinkEvents<In> | undefined;
  readonly #outgoing = new OutgoingBytes();
  readonly #incoming = new IncomingBytes();
  /** Sent and not acknowledged, in order. */
  #unacked: Letter[] = [];
  #unackedBytes = 0;
  #seq = 0;
  #received = 0;
  readonly #parked = new Map<number, Uint8Array>();
  #isOver = false;
  #wasFull = false;

  #posts = 0;
  #onWay = 0;
  #lastFlush = -Infinity;
  /** When what waits here is to go at the latest. */
  #dueAt = Infinity;
  /** For when a letter is scheduled, if one is. */
  #flushAt: number | undefined;
  #cancelFlush: (() => void) | undefined;
  #resendMs = FIRST_RESEND_MS;
  #cancelResend: (() => void) | undefined;
  #cancelAck: (() => void) | undefined;
  #unansweredBytes = 0;

  // Since the last tick.
  #wasHeard = false;
  #hasPosted = false;
  #wasAcked = false;
  #silent = 0;
  #deaf = 0;
  #isBeatOnWay = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Whether it is well to send more: the other side keeps up. What is sent all the same is kept here. */
  get hasRoom(): boolean {
    return this.#outgoing.length + this.#unackedBytes < MOST_UNACKED_BYTES;
  }

  /** For how many ticks nothing was heard of the other side. */
  get silentTicks(): number {
    return this.#silent;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Does nothing once the link is over.
   * @param isWaitedFor Whether something goes on at the other side when it comes. What does not may wait for others to go with
   */
  send(message: Out, isWaitedFor = true): void {
    if (this.#isOver) return;
    this.#outgoing.add(message);
    if (!this.hasRoom) this.#wasFull = true;
    this.#dueAt = Math.min(this.#dueAt, this.#options.clock.elapsed() + (isWaitedFor ? 0 : UNHURRIED_MS));
    this.#scheduleFlush();
  }

  /** A frame of the other side. */
  hear(frame: Exclude<FrameBody, { kind: 'echo' }>): void {
    if (this.#isOver) return;
    this.#wasHeard = true;
    if (frame.kind === 'gone') {
      this.#lose(frame.why ?? 'it has ended, or has given up');
      return;
    }
    this.#acknowledged(frame.ack);
    if (frame.kind === 'part') this.#take(frame.seq, frame.bytes);
  }

  /**
   * Called once a second. Time is counted by it: a process that was stopped for long counts one.
   * @param isHearing Whether this process would hear the other side if that said something.
   */
  tick(isHearing: boolean): void {
    if (this.#isOver) return;
    const { silentTicks, deafTicks = Infinity } = this.#options;
    this.#silent = this.#wasHeard || !isHearing ? 0 : this.#silent + 1;
    this.#deaf = this.#wasAcked || !isHearing || this.#unacked.length === 0 ? 0 : this.#deaf + 1;
    const wasQuiet = !this.#hasPosted;
    this.#wasHeard = false;
    this.#wasAcked = false;
    this.#hasPosted = false;
    if (this.#silent >= silentTicks) this.#lose(`nothing was heard of it for ${silentTicks} s`);
    else if (this.#deaf >= deafTicks) this.#lose(`it has taken nothing for ${deafTicks} s`);
    else if (wasQuiet && !this.#isBeatOnWay) this.#beat();
  }

  /** Ends it on this side. The other one is told, with why. */
  close(why?: string): void {
    if (this.#isOver) return;
    this.#end();
    // When it gets lost, the other side finds out by itself.
    this.#options.post({ kind: 'gone', ...(why !== undefined && { why }) }).catch(() => undefined);
  }

  #lose(reason: string): void {
    this.close();
    this.events?.onLost(reason);
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelFlush?.();
    this.#cancelResend?.();
    this.#cancelAck?.();
    this.#unacked = [];
    this.#parked.clear();
    this.#options.onEnd();
  }

  // What goes out

  /** What is sent in one turn goes together, and all that comes while the letter before is on its way. */
  #scheduleFlush(): void {
    if (this.#onWay > 0) return;
    const { clock, gapMs } = this.#options;
    const at = Math.max(this.#dueAt, this.#lastFlush + gapMs);
    if (this.#flushAt !== undefined && this.#flushAt <= at) return;
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushAt = at;
    const wait = at - clock.elapsed();
    if (wait > 0) this.#cancelFlush = clock.after(wait, () => this.#flush());
    else queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#isOver) return;
    this.#flushAt = undefined;
    this.#cancelFlush = undefined;
    while (this.#outgoing.length > 0 && this.#unackedBytes < MOST_UNACKED_BYTES) {
      this.#seq += 1;
      const letter: Letter = { seq: this.#seq, bytes: this.#outgoing.take(MOST_BYTES), sentAt: 0, post: undefined };
      this.#unacked.push(letter);
      this.#unackedBytes += letter.bytes.length;
      this.#post(letter);
    }
    this.#lastFlush = this.#options.clock.elapsed();
    // What finds no room has waited long enough.
    this.#dueAt = this.#outgoing.length > 0 ? this.#lastFlush : Infinity;
  }

  #post(letter: Letter): void {
    const { clock, post } = this.#options;
    this.#posts += 1;
    const number = this.#posts;
    letter.sentAt = clock.elapsed();
    letter.post = number;
    this.#onWay += 1;
    this.#posted();
    const { seq, bytes } = letter;
    const over = () => this.#settled(letter, number);
    // What the server does not take is sent again, as what gets lost.
    post({ kind: 'part', seq, ack: this.#received, bytes }).then(over, over);
  }

  /** It goes with an acknowledgement of all that was heard. */
  #posted(): void {
    this.#hasPosted = true;
    this.#unansweredBytes = 0;
    this.#cancelAck?.();
    this.#cancelAck = undefined;
  }

  #settled(letter: Letter, post: number): void {
    if (letter.post !== post) return;
    letter.post = undefined;
    letter.sentAt = this.#options.clock.elapsed();
    this.#onWay -= 1;
    this.#armResend();
    if (this.#onWay === 0 && this.#outgoing.length > 0) this.#scheduleFlush();
  }

  #beat(): void {
    this.#isBeatOnWay = true;
    this.#posted();
    const over = () => {
      this.#isBeatOnWay = false;
    };
    this.#options.post({ kind: 'beat', ack: this.#received }).then(over, over);
  }

  #acknowledged(ack: number): void {
    let count = 0;
    for (const letter of this.#unacked) {
      if (letter.seq > ack) break;
      count += 1;
      this.#unackedBytes -= letter.bytes.length;
      if (letter.post !== undefined) this.#settled(letter, letter.post);
    }
    if (count === 0) return;
    this.#unacked.splice(0, count);
    this.#wasAcked = true;
    this.#resendMs = FIRST_RESEND_MS;
    this.#armResend();
    if (this.#outgoing.length > 0) this.#scheduleFlush();
    if (!this.#wasFull || !this.hasRoom) return;
    this.#wasFull = false;
    this.events?.onRoom?.();
  }

  #armResend(): void {
    this.#cancelResend?.();
    this.#cancelResend = undefined;
    const { clock } = this.#options;
    let oldest = Infinity;
    for (const { post, sentAt } of this.#unacked) if (post === undefined) oldest = Math.min(oldest, sentAt);
    // The server has not got them yet.
    if (oldest === Infinity) return;
    this.#cancelResend = clock.after(Math.max(0, oldest + this.#resendMs - clock.elapsed()), () => this.#resend());
  }

  #resend(): void {
    const due = this.#options.clock.elapsed() - this.#resendMs;
    this.#resendMs = Math.min(this.#resendMs * 2, LAST_RESEND_MS);
    let bytes = 0;
    for (const letter of this.#unacked) {
      if (letter.sentAt > due || bytes >= MOST_RESENT_BYTES) continue;
      // The server may be away: more of the same would only pile up.
      if (letter.post !== undefined) continue;
      bytes += letter.bytes.length;
      this.#post(letter);
    }
    this.#armResend();
  }

  // What comes in

  #take(seq: number, bytes: Uint8Array): void {
    this.#heardPart(bytes.length);
    if (seq <= this.#received) return;
    if (seq > this.#received + 1) {
      if (this.#parked.size < MOST_PARKED) this.#parked.set(seq, bytes);
      return;
    }
    for (let next: Uint8Array | undefined = bytes; next; next = this.#parked.get(this.#received + 1)) {
      this.#received += 1;
      this.#parked.delete(this.#received);
      for (const message of this.#incoming.read(next)) {
        // Written by a process with the secret, which speaks the same protocol.
        this.events?.onMessage(message as In);
        if (this.#isOver) return;
      }
    }
  }

  /** Also one that has come before: what has acknowledged it then may have been lost. */
  #heardPart(bytes: number): void {
    this.#unansweredBytes += bytes;
    const wait = this.#unansweredBytes >= ACK_AT_BYTES ? 0 : ACK_WITHIN_MS;
    if (this.#cancelAck && wait > 0) return;
    this.#cancelAck?.();
    this.#cancelAck = this.#options.clock.after(wait, () => this.#beat());
  }
}
