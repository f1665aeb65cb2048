import { onTestFinished } from 'vitest';
import {
  METHODS,
  type EventName,
  type EventOf,
  type MethodName,
  type Problem,
  type RunItem,
  type StudioApi,
  type WorkflowRef,
} from '../../host/api/api.ts';
import { createHost, type Host, type HostOptions } from '../../host/host.ts';
import { Model } from './model.ts';
import { COMPILE_CACHE } from '../support/cli.ts';
import type { Project } from '../support/project.ts';

// Without it most of a runner's time is Node stripping the engine's types anew.
process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;

/** A host on a project's folder, with one page that hears all it says. Whatever goes either way is held against the contract. */
export class Studio {
  readonly host: Host;
  readonly api: StudioApi;
  /** What a page makes of the deltas it is told, by run. */
  readonly models = new Map<number, Model>();
  readonly told: { [E in EventName]?: EventOf<E>[] } = {};
  readonly defects: unknown[] = [];
  readonly #watchers = new Set<() => void>();

  private constructor(host: Host, defects: unknown[]) {
    this.host = host;
    this.defects = defects;
    this.api = checked(host.open((event, payload) => this.#hear(event, payload)).api);
  }

  /** @param atEnd When to close it. @default with the test */
  static async open(
    project: Project,
    options: Partial<HostOptions> = {},
    atEnd: (close: () => Promise<void>) => void = onTestFinished,
  ): Promise<Studio> {
    const defects: unknown[] = [];
    const host = await createHost({
      folder: project.folder,
      // Most tests are about something else: they begin as with `--trust`.
      trustForThisLaunch: true,
      shell: 'browser',
      killAfterMs: 1_500,
      onDefect: error => {
        defects.push(error);
      },
      ...options,
    });
    atEnd(async () => {
      await host.close();
      if (defects.length > 0) throw new AggregateError(defects, 'The host has met what nobody foresaw.');
    });
    return new Studio(host, defects);
  }

  events<E extends EventName>(event: E): readonly EventOf<E>[] {
    return (this.told[event] ?? []) as readonly EventOf<E>[];
  }

  /** Starts a workflow of the workspace as soon as it is known. @throws when it does not begin */
  async start(file: string, payload: unknown = {}, workflow?: string): Promise<number> {
    const ref = await this.workflow(file, workflow);
    return value(await this.api.startRun({ ...ref, payload: JSON.stringify(payload) })).run;
  }

  async workflow(file: string, workflow?: string): Promise<WorkflowRef> {
    const found = await this.until(`${file} is known`, async () => {
      const known = (await this.api.getWorkspace({})).files.find(
        other => other.file === file && other.graphs.length > 0,
      );
      return known?.graphs.find(graph => workflow === undefined || graph.id === workflow);
    });
    return { file, workflow: found.id };
  }

  async watch(run: number): Promise<Model> {
    const model = new Model(await this.api.watchRun({ run }));
    this.models.set(run, model);
    return model;
  }

  /** Resolves with the run as a list shows it, once it has ended. */
  async ended(run: number): Promise<RunItem> {
    return await this.until(`run ${run} has ended`, async () => {
      const [item] = (await this.api.listRuns({ limit: 100 })).filter(other => other.run === run);
      return item && item.status !== 'running' && item.status !== 'damaged' ? item : undefined;
    });
  }

  /** Asks again whenever something was told, and every 20 ms, until there is an answer. */
  async until<T>(
    what: string,
    ask: () => T | undefined | false | Promise<T | undefined | false>,
    ms = 10_000,
  ): Promise<T> {
    for (const deadline = Date.now() + ms; ;) {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      if (Date.now() > deadline) throw new Error(`It did not come to this within ${ms / 1000} s: ${what}`);
      await new Promise<void>(resolve => {
        const go = () => {
          clearTimeout(timer);
          this.#watchers.delete(go);
          resolve();
        };
        const timer = setTimeout(go, 20);
        this.#watchers.add(go);
      });
    }
  }

  #hear<E extends EventName>(event: E, payload: EventOf<E>): void {
    structuredClone(payload);
    ((this.told[event] ??= []) as EventOf<E>[]).push(payload);
    if (event === 'onDelta') this.models.get((payload as EventOf<'onDelta'>).run)?.apply(payload as EventOf<'onDelta'>);
    if (event === 'onResync') this.models.get((payload as EventOf<'onResync'>).run)?.lose();
    for (const watch of this.#watchers) watch();
  }
}

/** An api of which every result is what the contract says, and can be sent. */
function checked(api: StudioApi): StudioApi {
  const methods = Object.entries(METHODS).map(([name, { result }]) => [
    name,
    async (args: unknown) => {
      const given = await (api[name as MethodName] as (args: unknown) => Promise<unknown>)(args);
      const parsed = result.safeParse(structuredClone(given));
      if (!parsed.success) throw new Error(`${name} gives what the contract does not say: ${parsed.error.message}`);
      return given;
    },
  ]);
  return Object.fromEntries(methods) as StudioApi;
}

/** What went well. @throws with the problem when it did not */
export function value<T>(outcome: { ok: true; value: T } | { ok: false; problem: Problem }): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.problem.name}: ${outcome.problem.message}`);
}

/** The problem. @throws when there is none */
export function problem(outcome: { ok: true } | { ok: false; problem: Problem }): Problem {
  if (!outcome.ok) return outcome.problem;
  throw new Error('It went well.');
}
