import type { EventOf } from '../../host/api/api.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

/* The runs that were interrupted before the folder was opened. */

export function onInterrupted(interrupted: EventOf<'onInterrupted'>): void {
  studio.setState({ interrupted });
}

export async function loadInterrupted(): Promise<void> {
  studio.setState({ interrupted: await api().getInterrupted({}) });
}

export async function resumeInterrupted(): Promise<void> {
  await told(api().resumeInterrupted({}));
}

export async function stopResuming(): Promise<void> {
  await api().stopResuming({}).catch(notice);
}

export async function dismissInterrupted(): Promise<void> {
  await told(api().dismissInterrupted({}));
}

export async function setResumesByItself(on: boolean): Promise<void> {
  await told(api().setResumesByItself({ on }));
}

async function told(asked: ReturnType<ReturnType<typeof api>['dismissInterrupted']>): Promise<void> {
  try {
    const outcome = await asked;
    if (!outcome.ok) notice(outcome.problem);
  } catch (error) {
    notice(error);
  }
}
