import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* With the real library: a project that has OpenTelemetry set up gets spans of its runs, and another one gets nothing. */

const SET_UP = `
import { appendFileSync } from 'node:fs';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, attributes, status, events, parentSpanContext } = span;
      const { spanId: id, traceId: trace } = span.spanContext();
      const told = { name, attributes, status, events: events.map(event => event.name), id, trace, parent: parentSpanContext?.spanId };
      appendFileSync(new URL('spans.jsonl', import.meta.url), JSON.stringify(told) + '\\n');
    }
    done({ code: 0 });
  },
  shutdown: async () => {},
};
// It would send them long after the process has ended.
new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 60_000 })] }).register();
`;
const FLOW = Project.workflow(`
import { createRequire } from 'node:module';
cronflow.define({ id: 'films' }).batch('all', { items: [1, 2, 3], size: 2, tolerateFailures: 'all' }, (items, flow) => {
  flow.step('fetch', () => {
    try {
      // As an instrumented library does.
      const { trace } = createRequire(import.meta.url)('@opentelemetry/api');
      trace.getTracer('http').startSpan('GET /films').end();
    } catch {}
    if (items.includes(3)) throw new Error('no such film');
  });
});`);

interface Told {
  readonly name: string;
  readonly id: string;
  readonly trace: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message?: string };
  readonly events: readonly string[];
}

function projectWithLibrary(): Project {
  const project = new Project({ 'flow.ts': FLOW, 'set-up.mjs': SET_UP });
  mkdirSync(project.path('node_modules'), { recursive: true });
  symlinkSync(path.resolve('node_modules/@opentelemetry'), project.path('node_modules/@opentelemetry'));
  return project;
}

test('a project that has set it up gets spans of run, batches, steps and attempts, with those of its libraries in them', async () => {
  const project = projectWithLibrary();
  const file = project.path('spans.jsonl');
  const NODE_OPTIONS = `--import ${pathToFileURL(project.path('set-up.mjs')).href}`;
  expect((await project.cli(['run', 'flow.ts'], { env: { NODE_OPTIONS } })).code).toBe(0);
  const spans = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Told);
  const nameOf = (id: string | undefined) => spans.find(span => span.id === id)?.name;
  const placeOf = ({ name, parent }: Told) => `${nameOf(parent) ?? '-'} > ${name}`;
  expect(spans.map(placeOf).toSorted()).toEqual(
    [
      '- > run films',
      'run films > batch all',
      'run films > batch all',
      'batch all > step all/fetch',
      'batch all > step all/fetch',
      'step all/fetch > attempt all/fetch',
      'step all/fetch > attempt all/fetch',
      'attempt all/fetch > GET /films',
      'attempt all/fetch > GET /films',
    ].toSorted(),
  );
  expect(new Set(spans.map(({ trace }) => trace)).size).toBe(1);
  expect(spans.find(({ name }) => name === 'run films')).toMatchObject({
    attributes: {
      'cronflow.run': 1,
      'cronflow.session': 1,
      'cronflow.workflow': 'films',
      'cronflow.status': 'completed',
    },
    status: { code: 0 },
  });
  const failed = spans.filter(({ status }) => status.code === 2);
  expect(failed.map(({ name }) => name).toSorted()).toEqual(['attempt all/fetch', 'batch all', 'step all/fetch']);
  for (const span of failed)
    expect(span).toMatchObject({
      attributes: { 'cronflow.status': 'failed', 'cronflow.node': expect.stringMatching(/^all/) as string },
      status: { message: 'no such film' },
      events: ['exception'],
    });
});

test('where nothing is set up, nothing of it is even loaded', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(`import { createRequire } from 'node:module';
      cronflow.define({ id: 'flow' }).step('look', () =>
        Object.keys(createRequire(import.meta.url).cache).filter(file => file.includes('@opentelemetry')).length);`),
  });
  mkdirSync(project.path('node_modules'), { recursive: true });
  symlinkSync(path.resolve('node_modules/@opentelemetry'), project.path('node_modules/@opentelemetry'));
  const { events } = await project.cli(['run', 'flow.ts', '--json']);
  expect(events.at(-1)).toMatchObject({ event: 'summary', status: 'completed', output: 0 });
});
