import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import { PROTOCOL } from '../api.ts';
import type { Implementation } from '../boundary.ts';
import type { Outbox } from '../outbox.ts';
import { succeeded, tried } from '../outcomes.ts';
import { fileMethods } from './file-methods.ts';
import { itemMethods } from './item-methods.ts';
import { queryMethods } from './query-methods.ts';
import { runMethods } from './run-methods.ts';
import { watchMethods } from './watch-methods.ts';
import { workspaceMethods } from './workspace-methods.ts';

/** What a page asks about the app itself. */
export interface About {
  readonly version: string;
  readonly shell: 'electron' | 'browser';
}

/** All methods for one page. @param outbox What that page watches and is sent */
export function implementation(session: WorkspaceSession, outbox: Outbox, about: About): Implementation {
  return {
    hello: () => ({ protocol: PROTOCOL, ...about, platform: process.platform }),
    ...workspaceMethods(session),
    ...runMethods(session),
    ...watchMethods(session, outbox),
    ...queryMethods(session),
    shareRun: args =>
      tried(async () => succeeded(await session.current.store.do('shareRun', { ...args, program: about.version }))),
    ...fileMethods(session),
    ...itemMethods(session),
  };
}
