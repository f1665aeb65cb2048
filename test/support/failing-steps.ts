import { attemptsOf } from './recorded.ts';
import { TimedBench } from './timed-bench.ts';

/** Fails so often, then succeeds. */
export function failing(times: number): (ctx: { attempt: number }) => string {
  return ({ attempt }) => {
    if (attempt <= times) throw new Error(`failure ${attempt}`);
    return `try ${attempt}`;
  };
}

/** The waits between the attempts of a step, as they are on record. */
export function waitsOf(bench: TimedBench, run: number, path: string): number[] {
  const attempts = attemptsOf(bench, run, path);
  return attempts.slice(1).map(({ startedAt }, index) => startedAt - (attempts[index]?.endedAt ?? Number.NaN));
}
