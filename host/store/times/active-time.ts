/** A stretch in which some process worked on a run. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The time in which somebody worked on a run, without what lies between: a run that was re-run a day later is not a day long.
 * The stretches are in order and do not overlap.
 */
export class ActiveTime {
  readonly stretches: readonly Stretch[];
  readonly ms: number;

  constructor(stretches: readonly Stretch[]) {
    const sound: Stretch[] = [];
    for (const { from, to } of stretches) {
      // A clock that was set back must not make time run twice.
      const begin = Math.max(from, sound.at(-1)?.to ?? from);
      if (to > begin) sound.push({ from: begin, to });
    }
    this.stretches = sound;
    this.ms = sound.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** How many milliseconds somebody had worked by then. */
  until(at: number): number {
    let before = 0;
    for (const { from, to } of this.stretches) {
      if (at <= from) break;
      before += Math.min(at, to) - from;
    }
    return before;
  }

  /** When so many milliseconds had been worked. */
  at(worked: number): number {
    let left = worked;
    for (const { from, to } of this.stretches) {
      if (left <= to - from) return from + left;
      left -= to - from;
    }
    return this.stretches.at(-1)?.to ?? 0;
  }
}
