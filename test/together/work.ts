import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workflow } from '../../engine/workflow/types.ts';

/*
 * One workflow that real runners and the process of the test itself both work on. What becomes of a run is said by
 * files beside it, which bear the name that its payload gives: `a.hold` keeps it at its third item, with `a.deaf` it
 * does not hear that it is to stop, and `a.fails` breaks its second.
 */

export const ITEMS = [0, 1, 2, 3];
const HELD = 2;
const BROKEN = 1;

export function build(start: Workflow, folder: string): void {
  const is = (name: string, what: string) => existsSync(path.join(folder, `${name}.${what}`));
  start
    .forEach('each', ITEMS, (item, flow) => {
      flow.step('do', async ctx => {
        const { name } = ctx.payload as { name: string };
        if (item === HELD && is(name, 'hold')) writeFileSync(path.join(folder, `${name}.held`), '');
        while (item === HELD && is(name, 'hold')) {
          await sleep(10);
          if (!is(name, 'deaf')) ctx.signal.throwIfAborted();
        }
        if (item === BROKEN && is(name, 'fails')) throw new Error('broken');
        appendFileSync(path.join(folder, 'ledger.txt'), `${JSON.stringify([name, item])}\n`);
        return item;
      });
    })
    .step('end', ctx =>
      appendFileSync(
        path.join(folder, 'ledger.txt'),
        `${JSON.stringify([(ctx.payload as { name: string }).name, 'end'])}\n`,
      ),
    );
}
