/** `timeout`, npm and shells pass one signal on twice; a person who presses Ctrl-C again is slower. */
const SAME_SIGNAL_MS = 250;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Ending {
  /** Resolves when it is to finish what it has. */
  readonly begun: Promise<void>;
  /** And when it is not to wait for that any more. */
  readonly atOnce: Promise<void>;
  begin(): void;
  /** Signals do again what they do by themselves. */
  forget(): void;
}

/** The first signal asks for an end in order, the second one for an end. */
export function untilToldToEnd(): Ending {
  const begun = Promise.withResolvers<void>();
  const atOnce = Promise.withResolvers<void>();
  let since: number | undefined;
  const onSignal = () => {
    if (since !== undefined && performance.now() - since > SAME_SIGNAL_MS) atOnce.resolve();
    since ??= performance.now();
    begun.resolve();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    begun: begun.promise,
    atOnce: atOnce.promise,
    begin: begun.resolve,
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
