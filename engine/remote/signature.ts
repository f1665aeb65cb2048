import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is signed: a signature of the one is none of the other. */
export type SignedKind = 'letter' | 'card' | 'mailbox';

/** Signs a text with the secret that all processes of a queue share: who can write to the queue's server cannot make it up. */
export function sign(secret: string, kind: SignedKind, text: string): string {
  return createHmac('sha256', secret).update(`${kind}\n${text}`).digest('base64url');
}

export function isSigned(secret: string, kind: SignedKind, text: string, signature: string): boolean {
  const expected = Buffer.from(sign(secret, kind, text));
  const given = Buffer.from(signature);
  // Compared in a time that tells nothing of where the two differ.
  return expected.length === given.length && timingSafeEqual(expected, given);
}
