import { BatchStatus, batchStatusName } from '../../../common/status.ts';
import { StepFailed } from '../run-attempt.ts';
import type { Scope } from '../scope.ts';
import type { Span, SpanError, Telemetry } from './span.ts';

export interface TracedRun {
  readonly run: number;
  readonly uid: string;
  readonly session: number;
  readonly workflow: string;
}

/** The spans of a session of a run: of itself, its batches, their steps and the attempts of these. */
export class RunSpans {
  readonly #root: Span;
  readonly #batches = new WeakMap<Scope, Span>();
  /** Of the steps that are being executed in a scope, by path. */
  readonly #steps = new WeakMap<Scope, Map<string, Span>>();

  constructor(telemetry: Telemetry, { run, uid, session, workflow }: TracedRun) {
    this.#root = telemetry.begin(`run ${workflow}`, {
      'cronflow.run': run,
      'cronflow.run.uid': uid,
      'cronflow.session': session,
      'cronflow.workflow': workflow,
    });
  }

  end(status: string, error?: SpanError): void {
    this.#root.end({ 'cronflow.status': status }, error);
  }

  beginBatch(scope: Scope, path: string, items: number): void {
    const span = this.#around(scope.parent).child(`batch ${path}`, {
      'cronflow.node': path,
      'cronflow.batch': scope.index ?? 0,
      'cronflow.batch.attempt': scope.attempt,
      'cronflow.items': items,
    });
    this.#batches.set(scope, span);
  }

  endBatch(scope: Scope, status: BatchStatus, error?: SpanError): void {
    this.#batches.get(scope)?.end({ 'cronflow.status': batchStatusName(status) }, error);
    this.#batches.delete(scope);
  }

  /** The span of a step is around all its attempts, and the waits between them. */
  async step<T>(scope: Scope, path: string, execute: () => Promise<T>): Promise<T> {
    const steps = this.#steps.get(scope) ?? new Map<string, Span>();
    this.#steps.set(scope, steps);
    const span = this.#around(scope).child(`step ${path}`, { 'cronflow.node': path });
    steps.set(path, span);
    try {
      const result = await execute();
      span.end({ 'cronflow.status': 'succeeded' });
      return result;
    } catch (error) {
      if (error instanceof StepFailed) span.end({ 'cronflow.status': 'failed' }, error.stored);
      else span.end({ 'cronflow.status': 'interrupted' });
      throw error;
    } finally {
      steps.delete(path);
    }
  }

  attempt(scope: Scope, path: string, attempt: number): Span {
    const around = this.#steps.get(scope)?.get(path) ?? this.#around(scope);
    return around.child(`attempt ${path}`, { 'cronflow.node': path, 'cronflow.attempt': attempt });
  }

  #around(scope: Scope | undefined): Span {
    for (let at = scope; at; at = at.parent) {
      const span = this.#batches.get(at);
      if (span) return span;
    }
    return this.#root;
  }
}

export function asSpanError(error: unknown): SpanError {
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}
