/* Loaded first into a process whose clock is off: `Date` shows so many milliseconds more. Timers and `performance` go on as they are. */

const off = Number(process.env.MACHINES_CLOCK_OFF);
const { Date: Real } = globalThis;
const now = () => Real.now() + off;

globalThis.Date = class extends Real {
  constructor(...of) {
    if (of.length === 0) super(now());
    else super(...of);
  }

  static now() {
    return now();
  }
};
