/** Called in a way that cannot be carried out. The message says what, and what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'something else of that name exists',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle',
  EACCES: 'you do not have the permission',
  EPERM: 'you do not have the permission',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EMFILE: 'too many files are open',
};

/** What the file system refuses, in words; undefined for any other error. */
export function refusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  return `${path ?? 'A file'} cannot be used: ${REASONS[code ?? ''] ?? error.message} (${code}). Fix that, or name another.`;
}
