import type { Problem, Workspace } from '../../host/api/api.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { studio } from './studio.ts';

/* Whether the open folder is trusted, and what a person can say about it. */

/** Where the page keeps, over a reload, that somebody has chosen to browse. */
const BROWSING = 'cronflow.browsing';

/** The question that has no answer yet; undefined while no folder is known, or the folder is trusted. */
export function questionOf({ workspace }: { readonly workspace: Workspace | undefined }): string | undefined {
  return workspace?.trust.state === 'untrusted' ? workspace.trust.question : undefined;
}

/** Trusts the open folder. Returns why that cannot be done. */
export async function trustFolder(question: string): Promise<Problem | undefined> {
  const outcome = await api().trustFolder({ question });
  if (!outcome.ok) return outcome.problem;
  studio.setState({ workspace: outcome.value });
  return undefined;
}

export async function distrustFolder(): Promise<void> {
  const outcome = await api().distrustFolder({});
  if (outcome.ok) studio.setState({ workspace: outcome.value });
  else notice(outcome.problem);
}

/** Lets the question rest until somebody asks for it. */
export function browseWithoutRunning(question: string): void {
  sessionStorage.setItem(BROWSING, question);
}

export function isBrowsing(question: string): boolean {
  return sessionStorage.getItem(BROWSING) === question;
}
