import { described } from '../../../common/effects.ts';

/*
 * Such an error is stored, and read on the command line and in the Studio, among others of its cause: its message names both
 * ways.
 */

/** An effect was not executed, and another attempt would not execute it either: a person or a change of the file is needed. */
export class EffectError extends Error {
  override readonly name: string = 'EffectError';
}

/** Nobody knows whether an effect was done. It is not claimed to be done, and not executed a second time. */
export class UnknownEffectError extends EffectError {
  override readonly name = 'UnknownEffectError';

  constructor(key: string, run: string) {
    super(
      `It is unknown whether the effect ${described(key)} was done: it was cut off between its call and its answer. Look it up, ` +
        `then say so in the Studio (Effects, in the inspector) or with "cronflow effects ${run} --done <key>" or ` +
        `"cronflow effects ${run} --not-done <key>", and re-run. ` +
        `With a verify, ctx.effect looks it up by itself.`,
    );
  }
}

/** A key that stands for one thing is used for another. */
export class EffectConflictError extends EffectError {
  override readonly name = 'EffectConflictError';
}

/** An effect was done, and what it returned could not be stored. */
export class LostReceiptError extends EffectError {
  override readonly name = 'LostReceiptError';

  constructor(key: string, run: string) {
    super(
      `The effect ${described(key)} was done, but what it returned could not be stored. It is not executed again. Give its ` +
        `receipt in the Studio (Effects, in the inspector) or with "cronflow effects ${run} --done <key> --receipt <json>", ` +
        `and re-run.`,
    );
  }
}
