/** The first signal ends what a command does, which tells what it has come to; a second one ends this process. */
export function abortOnSignals(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = () => controller.abort();
  for (const signal of signals) process.once(signal, onSignal);
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
