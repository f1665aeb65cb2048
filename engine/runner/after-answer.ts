import type { Database } from 'better-sqlite3';
import { hasAnswer } from '../store/answer-wait.ts';
import { ownerOf } from '../store/leases.ts';
import { requireRun } from '../store/runs.ts';

const LOOK_EVERY_MS = 100;

/**
 * What becomes of a run that was given an answer. The process that works on it takes the answer; one that is just about to rest
 * may not have seen it: that is waited for, and then somebody has to resume the run.
 * @returns `goes on`: its process has the answer. `rests`: resume it. `paused`: a person has paused it, and resumes it.
 */
export async function afterAnswer(db: Database, run: number): Promise<'goes on' | 'rests' | 'paused'> {
  for (;;) {
    if (!hasAnswer(db, run)) return 'goes on';
    if (!ownerOf(db, run)) {
      const { status, rests } = requireRun(db, run);
      return status === 'paused' && rests === 0 ? 'paused' : 'rests';
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
