import type { Counts } from '../../common/counts.ts';
import type { StoreMetrics } from '../store/metrics.ts';

/* The text format of Prometheus, 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly (readonly [labels: Labels, value: number])[];
}

/** What is known of the process that serves. */
export interface ServerMetrics {
  readonly version: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly startedAt: number;
}

export function metricsText(store: StoreMetrics, server: ServerMetrics): string {
  return familiesOf(store, server)
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familiesOf({ runs, live, space }: StoreMetrics, server: ServerMetrics): Family[] {
  const none = {};
  return [
    gauge('cronflow_info', 'The version of Cronflow.', [[{ version: server.version }, 1]]),
    gauge(
      'cronflow_runs',
      'Runs in the store, by workflow and status.',
      byWorkflowAndStatus(runs, run => run.runs),
    ),
    gauge(
      'cronflow_last_run_end_timestamp_seconds',
      'When the last run ended, by workflow and status.',
      byWorkflowAndStatus(
        runs.filter(({ lastEndedAt }) => lastEndedAt !== undefined),
        ({ lastEndedAt = 0 }) => lastEndedAt / 1000,
      ),
    ),
    gauge('cronflow_live_items', 'Items of runs that go on, by workflow and status.', liveCounts(live, 'items')),
    gauge('cronflow_live_batches', 'Batches of runs that go on, by workflow and status.', liveCounts(live, 'batches')),
    gauge('cronflow_store_bytes', 'Size of the store.', [[none, space.bytes]]),
    gauge('cronflow_store_free_bytes', 'Of the size of the store, what is free for new runs.', [
      [none, space.freeBytes],
    ]),
    {
      ...gauge('process_cpu_seconds_total', 'Processor time of the server.', [[none, server.cpuSeconds]]),
      type: 'counter',
    },
    gauge('process_resident_memory_bytes', 'Memory of the server.', [[none, server.residentBytes]]),
    gauge('process_start_time_seconds', 'When the server was started.', [[none, server.startedAt / 1000]]),
  ];
}

function gauge(name: string, help: string, samples: Family['samples']): Family {
  return { name, type: 'gauge', help, samples };
}

/** Two parts of one workflow and status are one sample: a name with the same labels must not be told twice. */
function byWorkflowAndStatus(
  runs: StoreMetrics['runs'],
  value: (run: StoreMetrics['runs'][number]) => number,
): Family['samples'] {
  const totals = new Map<string, readonly [Labels, number]>();
  for (const run of runs) {
    const { workflow, status } = run;
    const key = JSON.stringify([workflow, status]);
    const before = totals.get(key)?.[1];
    totals.set(key, [{ workflow, status }, before === undefined ? value(run) : before + value(run)]);
  }
  return [...totals.values()];
}

const PARTS = ['succeeded', 'failed', 'setAside', 'running', 'waiting', 'cancelled'] as const;

/** Summed over the runs of a workflow: a label with the number of the run would have no end. */
function liveCounts(live: StoreMetrics['live'], what: 'items' | 'batches'): Family['samples'] {
  const totals = new Map<string, Counts>();
  for (const run of live) {
    const before = totals.get(run.workflow);
    const sum = Object.fromEntries(PARTS.map(part => [part, (before?.[part] ?? 0) + run[what][part]]));
    totals.set(run.workflow, { ...run[what], ...sum });
  }
  return [...totals].flatMap(([workflow, counts]) =>
    PARTS.map((part): [Labels, number] => [
      { workflow, status: part === 'setAside' ? 'set-aside' : part },
      counts[part],
    ]),
  );
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelsText(labels: Labels): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
