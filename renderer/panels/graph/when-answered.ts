/** What is only an addition to a card may fail to come: it is then left out. */
export function whenAnswered<T>(request: () => Promise<T>, take: (value: T) => void): () => void {
  let wanted = true;
  const asking = async (): Promise<void> => {
    const value = await request();
    if (wanted) take(value);
  };
  asking().catch(() => undefined);
  return () => {
    wanted = false;
  };
}
