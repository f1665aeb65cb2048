import { ProbeError } from '../../run/probe/probe-error.ts';
import { Prober, type ProberOf } from '../../run/probe/prober.ts';
import { isPure } from '../../run/probe/purity.ts';
import type { Run } from '../../run/run.ts';
import { endWhatWaitsForEver } from '../../run/starved.ts';
import { drawGraph } from '../../workflow/graph.ts';
import { endWithParent } from '../orphan.ts';
import { openToDebugger, Stops, waitForDebugger } from './debug/debugger-port.ts';
import { withValues } from './values/watch-values.ts';
import type { FromRunner, ProbeRequest } from '../protocol.ts';

type DebugRequest = Extract<ProbeRequest, { type: 'debug' }>;

export interface ServedProbes extends Pick<ProberOf, 'db' | 'run' | 'definition' | 'onBegin'> {
  /** The workflow file. */
  readonly file: string;
  /** The author's files. */
  readonly files: readonly string[];
  /** The hash of them. */
  readonly code: string;
  readonly tell: (message: FromRunner) => void;
  /** Resolves when all that was told has left this process. */
  readonly told: () => Promise<void>;
  /** A batch cannot be probed with the code as it is now. */
  readonly refuse: (error: ProbeError) => void;
}

/** Answers the questions of the parent about batches, one after the other, until the parent ends this process. */
export interface ProbeServer {
  ask(request: ProbeRequest): void;
  /** Rejects with a defect of ours. What the author's code does is an answer. */
  readonly done: Promise<never>;
}

/** In the process of a runner. */
export function serveProbes({ code, file, files, tell, told, refuse, ...of }: ServedProbes): ProbeServer {
  const { promise: done, reject } = Promise.withResolvers<never>();
  let current: Run | undefined;
  let prober: Prober | undefined;
  const open = async (scope: number): Promise<void> => {
    const opened = await Prober.open({
      ...of,
      scope,
      onBegin: run => {
        current = run;
        of.onBegin?.(run);
      },
    });
    prober = opened;
    const { node, line, path } = opened.place;
    tell({
      type: 'probing',
      items: opened.items,
      position: line.idx * node.policy.size,
      gone: opened.gone,
      hasControl: opened.hasControl,
      isPure: isPure(drawGraph(of.definition).nodes, path),
      code,
    });
  };
  const debug = async (opened: Prober, { items, step }: DebugRequest): Promise<void> => {
    const target = opened.stepOf(step);
    // While it waits, this process hears nothing, also not that its parent is gone.
    endWithParent(0);
    tell({ type: 'debugger', url: openToDebugger(), step: target });
    await told();
    waitForDebugger();
    tell({ type: 'attached' });
    await told();
    const stops = new Stops();
    const result = await opened.debug({ items, step, onStop: functions => stops.at(functions) });
    tell({ type: 'probed', answer: result });
  };
  const answer = async (request: ProbeRequest): Promise<void> => {
    if (request.type === 'open') return await open(request.scope);
    if (!prober) throw new Error('no batch is open');
    if (request.type === 'labels') return tell({ type: 'labelled', labels: prober.labels(request.items) });
    if (request.type === 'debug') return await debug(prober, request);
    if (request.type === 'inputs') return tell({ type: 'inputs', file, inputs: prober.inputs(request.items) });
    const { items, instrumented, values } = request;
    const opened = prober;
    if (!values) return tell({ type: 'probed', answer: await opened.probe(items, instrumented) });
    const { result, values: read } = await withValues(files, () => opened.probe(items, instrumented));
    tell({ type: 'probed', answer: result.passed ? result : { ...result, values: read } });
  };
  const onIdle = () => {
    if (current) endWhatWaitsForEver(current);
  };
  /** While something is executed, the channel to the parent does not count as something left to do. */
  const ask = async (request: ProbeRequest): Promise<void> => {
    process.on('beforeExit', onIdle);
    process.channel?.unref();
    try {
      await answer(request);
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      refuse(error);
    } finally {
      process.off('beforeExit', onIdle);
      process.channel?.ref();
    }
  };
  return { ask: request => void ask(request).catch(reject), done };
}
