import path from 'node:path';
import { scanFolder } from '../load/folder-scan.ts';
import { loadAlso, type LoadedFile } from '../load/load.ts';
import { lookAtSource } from '../load/look-at-source.ts';
import { readSourceAsync } from '../load/sources.ts';
import { shownPath } from '../paths.ts';
import { drawnNodes } from '../../common/graph.ts';
import { isSubflow } from '../../common/node-kinds.ts';
import { drawGraph, type GraphNode } from '../workflow/graph.ts';
import { nearest } from '../workflow/nearest.ts';
import type { Definition } from '../workflow/nodes.ts';
import { takeDefinitions, whileLoading } from '../workflow/registry.ts';
import { describeValue, WorkflowError } from '../workflow/errors.ts';

/** A workflow, and the file that is loaded for it. */
export interface FoundWorkflow {
  readonly definition: Definition;
  readonly file: string;
}

/**
 * The workflows that the subflows of a file run: those that the file and its imports define, and else those of the other files of
 * its folder. Such a file is loaded only where a subflow asks for a workflow that it defines.
 */
export class OtherWorkflows {
  #loaded: LoadedFile<Definition>;
  readonly #known = new Map<string, FoundWorkflow>();
  /** Other files of the folder that have been loaded, in this order. */
  readonly also: string[] = [];

  constructor(loaded: LoadedFile<Definition>) {
    this.#loaded = loaded;
    for (const definition of loaded.workflows) this.#add(definition, loaded.file);
  }

  /** The file with what has been loaded for it. */
  get loaded(): LoadedFile<Definition> {
    return this.#loaded;
  }

  /** Finds what workflows run, and what that runs. @throws WorkflowError at a subflow whose workflow is nowhere; LoadError */
  async findFor(definitions: readonly Definition[]): Promise<void> {
    const seen = new Set(definitions);
    // The set grows while it is walked.
    for (const definition of seen) {
      for (const node of drawnNodes(drawGraph(definition).nodes)) {
        if (!isSubflow(node.kind)) continue;
        const id = String(node.settings?.workflow);
        const found = await this.find(id);
        if (!found) throw this.#missing(id, node);
        seen.add(found.definition);
      }
    }
  }

  /** @throws WorkflowError when several files of the folder have it; LoadError when one that may have it cannot be loaded */
  async find(id: string): Promise<FoundWorkflow | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    const files = await this.#filesThatName(id);
    const defining = files.filter(({ text }) => definesId(text, id));
    // An id may also stand in a constant.
    for (const { file } of defining.length > 0 ? defining : files) await this.load(file);
    return this.#known.get(id);
  }

  /** Loads another file of the folder. @throws LoadError, WorkflowError */
  async load(file: string): Promise<void> {
    if (this.also.includes(file)) return;
    this.also.push(file);
    const loaded = await whileLoading(() => loadAlso(file, this.#loaded, { takeDefinitions }));
    this.#loaded = loaded;
    for (const definition of loaded.also) this.#add(definition, file);
  }

  #add(definition: Definition, file: string): void {
    const other = this.#known.get(definition.id);
    if (other)
      throw new WorkflowError(
        `Two workflows have the id ${describeValue(definition.id)}; the other is in ${shownPath(other.file)}. A subflow names it by ` +
          'its id, so give one of them another.',
        definition.at,
      );
    this.#known.set(definition.id, { definition, file });
  }

  /** The other workflow files of the folder in whose text the id stands, sorted. */
  async #filesThatName(id: string): Promise<{ readonly file: string; readonly text: string }[]> {
    const { file: own, sources } = this.#loaded;
    const loaded = new Set(sources.map(source => source.path));
    const found = [];
    for (const file of scanFolder(path.dirname(own)).files) {
      if (loaded.has(file) || (await lookAtSource(file)).kind !== 'workflow') continue;
      const text = await readSourceAsync(file);
      if (text.includes(id)) found.push({ file, text });
    }
    return found;
  }

  #missing(id: string, { path: node, at }: GraphNode): WorkflowError {
    const near = nearest(id, [...this.#known.keys()]);
    return new WorkflowError(
      `subflow ${describeValue(node)}: there is no workflow ${describeValue(id)}. ${
        near === undefined
          ? 'Define it in this file, in one that it imports, or in another file of its folder.'
          : `Did you mean ${describeValue(near)}?`
      }`,
      at,
    );
  }
}

/** Whether a text has `id: '…'` with this id. */
function definesId(text: string, id: string): boolean {
  const escaped = id.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`\\bid["']?\\s*:\\s*(["'\`])${escaped}\\1`).test(text);
}
