import { isSigned, sign } from './signature.ts';

/** Raised when a frame changes its meaning. Frames of another version are not read. */
const FRAME_VERSION = 1;

/** What one process tells another about a link between them. */
export type Frame = FrameHead & FrameBody;

interface FrameHead {
  /** Random, and new for each session of a worker with a run. */
  readonly link: string;
  readonly from: string;
  readonly to: string;
}

export type FrameBody =
  /** A part of what is sent: the parts, one after the other, are one stream of bytes. */
  | { readonly kind: 'part'; readonly seq: number; readonly ack: number; readonly bytes: Uint8Array }
  /** Nothing but a sign of life, and how far the other side was heard. */
  | { readonly kind: 'beat'; readonly ack: number }
  /** The link is over, or not known. Without a reason, who had it has ended, or has given the other side up. */
  | { readonly kind: 'gone'; readonly why?: string }
  /** From a process to itself: whether letters come through. */
  | { readonly kind: 'echo' };

/** Makes letters of frames, and frames of letters that somebody with the same secret has made. */
export class FrameCodec {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  seal(frame: Frame): string {
    const { bytes, ...head } = frame.kind === 'part' ? frame : { ...frame, bytes: undefined };
    const text = `${JSON.stringify({ v: FRAME_VERSION, ...head })}\n${bytes ? base64Of(bytes) : ''}`;
    return `${sign(this.#secret, 'letter', text)} ${text}`;
  }

  /** Undefined: it is of somebody else, or of another version. */
  open(letter: string): Frame | undefined {
    const space = letter.indexOf(' ');
    const text = letter.slice(space + 1);
    const signature = letter.slice(0, Math.max(0, space));
    if (!isSigned(this.#secret, 'letter', text, signature)) return undefined;
    // From here on it is what a process with the secret has written.
    const end = text.indexOf('\n');
    const { v, ...head } = JSON.parse(text.slice(0, end)) as { v: number } & Frame;
    if (v !== FRAME_VERSION) return undefined;
    return head.kind === 'part' ? { ...head, bytes: Buffer.from(text.slice(end + 1), 'base64') } : head;
  }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
