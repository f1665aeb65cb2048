/** What several tests look at, done once: when the first of them asks for it. */
export function story<T>(tell: () => Promise<T>): () => Promise<T> {
  let told: Promise<T> | undefined;
  return () => (told ??= tell());
}
