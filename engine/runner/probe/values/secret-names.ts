const SECRET = /pass|secret|token|api[-_]?key|auth|credential|cookie|session|private/i;

/** What is shown in place of a value whose name says that it is secret. */
export const HIDDEN = '(hidden: its name says that it is secret)';

export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}
