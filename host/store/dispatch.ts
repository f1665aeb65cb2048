import type { ChangedWork } from '../../common/changed-work.ts';
import { studioTextOf } from '../../common/told.ts';
import { NativeModuleError } from '../../engine/native-module.ts';
import { ChangedNodesError } from '../../engine/run/changed-nodes/match-nodes.ts';
import { RerunError } from '../../engine/run/rerun/request.ts';
import { NotDataError } from '../../engine/store/codec.ts';
import { RunTakenError } from '../../engine/store/leases.ts';
import { storeError } from '../../engine/store/open.ts';
import { StoreError } from '../../engine/store/store-error.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { PageMissingError } from '../recording/page-program.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';
import { CellError } from '../spreadsheet/cells.ts';
import { ExpressionError } from '../../common/expression/syntax.ts';
import { NoStepError } from './evaluate.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  /** `defect` is where in our own code an error came from that nobody foresaw. */
  | { readonly ok: false; readonly error: AnsweredError };

export interface AnsweredError {
  readonly name: string;
  readonly message: string;
  /** Of a plan that is refused: the work of which must be said what becomes of it. */
  readonly changed?: readonly ChangedWork[] | undefined;
  readonly defect?: string | undefined;
}

/** Errors whose message is meant to be read by people. */
const FORESEEN = [
  StoreError,
  NativeModuleError,
  RunTakenError,
  RerunError,
  ChangedNodesError,
  NotDataError,
  NoRunError,
  RunStateError,
  PageMissingError,
  ExpressionError,
  NoStepError,
  CellError,
];

/** Does what the host asks of a store, and gives the answer in a form that can be sent. */
export function dispatch(store: StoreConnection, name: OperationName, args: unknown): Answer {
  try {
    return { ok: true, value: (OPERATIONS[name] as (store: StoreConnection, args: unknown) => unknown)(store, args) };
  } catch (error) {
    const explained = storeError(store.file, error);
    const { name, message, stack } = explained instanceof Error ? explained : new Error(String(explained));
    const foreseen = FORESEEN.some(kind => explained instanceof kind);
    const changed = explained instanceof ChangedNodesError && { changed: explained.changed };
    const shown = studioTextOf(explained) ?? message;
    return { ok: false, error: { name, message: shown, ...changed, ...(!foreseen && { defect: stack ?? message }) } };
  }
}
