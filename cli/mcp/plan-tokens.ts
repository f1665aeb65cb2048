import { createHash, randomBytes } from 'node:crypto';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';

/** A plan that was shown, and what it was: only this is carried out. */
export interface ShownPlan {
  readonly run: number;
  readonly request: RerunRequest;
  /** Of all that the plan says, and of the run and the code that it says it of. */
  readonly fingerprint: string;
}

const MOST_PLANS = 1_000;

/** Tokens of plans that were shown. Each is used once, and is worth nothing in another process. */
export class PlanTokens {
  readonly #plans = new Map<string, ShownPlan>();

  give(plan: ShownPlan): string {
    const token = `plan-${randomBytes(9).toString('base64url')}`;
    const [oldest] = this.#plans.keys();
    if (this.#plans.size >= MOST_PLANS && oldest !== undefined) this.#plans.delete(oldest);
    this.#plans.set(token, plan);
    return token;
  }

  take(token: string): ShownPlan | undefined {
    const plan = this.#plans.get(token);
    this.#plans.delete(token);
    return plan;
  }
}

export function fingerprintOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
