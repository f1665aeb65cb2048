import { createInterface } from 'node:readline/promises';
import { oneLine } from '../common/safe-text.ts';
import { systemClock } from '../engine/run/clock.ts';
import type { StoreDatabase } from '../engine/store/open.ts';
import type { RunRow } from '../engine/store/runs.ts';
import { allowProbes, isProbeAllowed } from '../engine/store/searches.ts';

interface Asking {
  /** The person has answered already, with `--yes`. */
  readonly isGiven: boolean;
  /** A program cannot answer. */
  readonly json: boolean;
  /** Called before the question is on the screen. */
  readonly onAsk: () => void;
}

/** Whether steps that are not pure may be executed to find items at fault. Asked once for each workflow. */
export function probeConsent(
  db: StoreDatabase,
  { workflow, name }: RunRow,
  { isGiven, json, onAsk }: Asking,
): () => Promise<boolean> {
  return async () => {
    if (isProbeAllowed(db, workflow)) return true;
    const isAllowed = isGiven || (!json && (await answer(name, onAsk)));
    if (isAllowed) allowProbes(db, workflow, systemClock.now());
    return isAllowed;
  };
}

async function answer(name: string, onAsk: () => void): Promise<boolean> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) return false;
  onAsk();
  const asked = createInterface({ input, output });
  try {
    const said = await asked.question(
      `To find the items at fault, steps of ${oneLine(name)} are executed with parts of the failed batches. Nothing of it is stored, ` +
        `but what these steps do outside is done (mails, payments, requests). Steps with \`pure: true\` never ask.\n` +
        `Execute them? (y/N) `,
    );
    return /^y(es)?$/i.test(said.trim());
  } finally {
    asked.close();
  }
}
