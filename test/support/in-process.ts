import { vi } from 'vitest';
import { main } from '../../cli/main.ts';

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the test's own process: for commands that are about what they say, and start no run. */
export async function inProcess(...args: readonly string[]): Promise<Typed> {
  const typed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map(stream =>
    vi.spyOn(process[stream], 'write').mockImplementation(text => {
      typed[stream] += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(args), ...typed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
