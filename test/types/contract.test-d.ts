import type { Counts, NodeProgress } from '../../common/counts.ts';
import type { BatchStatusName, RunStatus, StepStatusName } from '../../common/status.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { RerunReport } from '../../engine/run/rerun/request.ts';
import type { Problem } from '../../engine/runner/protocol.ts';
import type { BatchFilter, BatchPredicate, Cause } from '../../engine/store/batch-predicate.ts';
import type { BatchListing } from '../../engine/store/batch-queries.ts';
import type { StepCount } from '../../engine/store/progress-queries.ts';
import type * as contract from '../../host/api/api.ts';
import type { Equal } from './expect.ts';

/*
 * The shapes of the contract are those of the engine. Messages are plain data that a page may change, so `readonly`
 * makes no difference; anything else does: a field that one side has and the other has not fails here.
 */

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
type Same<A, B> = Equal<Mutable<A>, Mutable<B>>;

declare function holds<_Condition extends true>(): void;

holds<Same<contract.RunStatus, RunStatus>>();
holds<Same<contract.BatchStatus, BatchStatusName>>();
holds<Same<contract.StepStatus, StepStatusName>>();
holds<Same<contract.Counts, Counts>>();
// The host gives the text for the Studio as the message, and starts no run with a key.
holds<Same<contract.Problem, Omit<Problem, 'inStudio' | 'existing'>>>();
holds<Same<contract.BatchPredicate, BatchPredicate>>();
holds<Same<contract.Cause, Cause>>();
holds<Same<contract.BatchFilter, BatchFilter>>();
holds<Same<contract.Args<'listBatches'>['sort'], BatchListing['sort']>>();
holds<Same<Omit<contract.RerunReport, 'codeChanged'>, RerunReport>>();
// The host also knows the number of a node, and how many batches run at a time.
holds<Same<contract.StepProgress, StepCount>>();
holds<Same<Omit<contract.NodeProgress, 'node' | 'concurrency'>, NodeProgress>>();
// Errors contain errors, which the comparison of types does not follow: each side takes the other's instead.
holds<Same<Omit<contract.StoredError, 'cause'>, Omit<StoredError, 'cause' | 'inStudio'>>>();
holds<StoredError extends contract.StoredError ? true : false>();
holds<contract.StoredError extends StoredError ? true : false>();
