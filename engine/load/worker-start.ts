import { ownFile } from '../own-file.ts';
import { installHooks } from './hooks.ts';
import { offerGc } from './offer-gc.ts';
import { teachWorkerThreads } from './worker-threads.ts';

// The first module of a thread that a step has started: see worker-threads.ts.
installHooks({ engineUrl: ownFile('engine/index').href });
teachWorkerThreads();
offerGc();
