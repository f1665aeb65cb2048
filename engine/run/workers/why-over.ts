import type { RunStatus } from '../../../common/status.ts';

const OVER: Readonly<Record<RunStatus, string>> = {
  running: 'its process executes it no longer',
  paused: 'it is paused',
  completed: 'it is completed',
  failed: 'it has failed',
  cancelled: 'it was cancelled',
  interrupted: 'it was interrupted',
};

/** What the workers of a run are told when they get no more batches of it: it goes on from 'the run is over: '. */
export function whyOver(status: RunStatus, beginsAgain: boolean): string {
  return beginsAgain ? 'it begins again without the items at fault' : OVER[status];
}
