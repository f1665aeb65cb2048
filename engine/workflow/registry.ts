import type { Notice } from '../../common/graph.ts';
import { shownLocation } from '../paths.ts';
import { WorkflowError, describeValue } from './errors.ts';
import type { Definition } from './nodes.ts';

let defined: Definition[] = [];
/** What `define` has given, and what the engine makes of it. */
const byFlow = new WeakMap<object, Definition>();
/** The latest of each id. */
const byId = new Map<string, Definition>();
/** What calls at the top of the files that are being loaded would do elsewhere: told with the first workflow that they define. */
let noticesOfLoad: Notice[] = [];
let loading = 0;
let hasLoaded = false;

/** Workflows are found because they were defined, not because they were exported. @throws WorkflowError */
export function register(definition: Definition): void {
  const first = defined.find(({ id }) => id === definition.id);
  if (first) {
    const where = first.at ? `; the first is in ${shownLocation(first.at.file, first.at.line)}` : '';
    throw new WorkflowError(
      `Two workflows have the id ${describeValue(definition.id)}${where}. They are started by id, so give one of them another.`,
      definition.at,
    );
  }
  defined.push(definition);
  byFlow.set(definition.flow, definition);
  byId.set(definition.id, definition);
}

/** All workflows defined in this process since the last call. */
export function takeDefinitions(): Definition[] {
  const taken = defined;
  taken[0]?.notices.push(...noticesOfLoad);
  defined = [];
  noticesOfLoad = [];
  return taken;
}

/** Of a call that does nothing while Cronflow loads the file, and whose author must know. */
export function noticeWhileLoading(notice: Notice): void {
  noticesOfLoad.push(notice);
}

/** The workflow that a chain belongs to. */
export function definitionOf(flow: object): Definition | undefined {
  return byFlow.get(flow);
}

/** A workflow that this process has defined. */
export function definitionById(id: string): Definition | undefined {
  return byId.get(id);
}

/** All of them, in the order in which they were defined. */
export function allDefinitions(): readonly Definition[] {
  return [...byId.values()];
}

/** Whether Cronflow loads files of the author's now, to find what they define. */
export function isLoading(): boolean {
  return loading > 0;
}

/** Whether Cronflow has started this process to execute what a file defines: it is not the author's program. */
export function isCronflowsProcess(): boolean {
  return hasLoaded;
}

export async function whileLoading<T>(load: () => Promise<T>): Promise<T> {
  hasLoaded = true;
  loading += 1;
  try {
    return await load();
  } finally {
    loading -= 1;
  }
}
