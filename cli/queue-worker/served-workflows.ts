import type { HostedWorkflow } from '../../engine/remote/worker-host.ts';
import { inspectFile, type Inspection } from '../../engine/runner/inspect-file.ts';
import type { Problem } from '../../engine/runner/protocol.ts';
import { Limiter } from '../../host/workspace/limiter.ts';
import { WorkflowFiles } from '../../host/workspace/workflow-files.ts';

const AT_A_TIME = 2;

/** A workflow file that cannot be loaded. */
export interface BrokenFile {
  readonly file: string;
  readonly problem: Problem;
}

/**
 * The workflows of a folder with the hashes of their code, as its files are now. A file is executed in a process of its own that
 * ends afterwards, when it is found and each time it changes.
 */
export class ServedWorkflows {
  readonly #files: WorkflowFiles;
  readonly #limiter = new Limiter(AT_A_TIME);
  readonly #codes = new Map<string, readonly HostedWorkflow[]>();

  /** @param folder Its real path */
  constructor(folder: string, onChange: () => void) {
    this.#files = new WorkflowFiles({
      folder,
      // Who calls `cronflow work` on a folder has it executed, as with `cronflow run`.
      guard: { isTrusted: true },
      loader: { inspect: file => this.#limiter.run(() => this.#inspect(file)) },
      onChange,
    });
  }

  /** Resolves when all files have been looked at. */
  async find(): Promise<void> {
    await this.#files.find();
    this.#files.lookAtAll();
    await this.#files.loaded();
  }

  get all(): readonly HostedWorkflow[] {
    return [...this.#files.known].flatMap(([file, { problem }]) => (problem ? [] : (this.#codes.get(file) ?? [])));
  }

  get broken(): readonly BrokenFile[] {
    return [...this.#files.known].flatMap(([file, { problem }]) => (problem ? [{ file, problem }] : []));
  }

  /** What of the folder is not looked at, in sentences. @param nameOf How a file is shown */
  gaps(nameOf: (file: string) => string): string[] {
    return this.#files.gaps(nameOf);
  }

  close(): void {
    this.#files.close();
  }

  async #inspect(file: string): Promise<Inspection> {
    const found = await inspectFile(file).done;
    if (found.ok) this.#codes.set(file, await this.#codesOf(file, found));
    return found;
  }

  /** A run loads only those files of the folder that its own workflow asks for by subflows. */
  async #codesOf(file: string, { graphs, code, also }: Extract<Inspection, { ok: true }>): Promise<HostedWorkflow[]> {
    const codes: HostedWorkflow[] = [];
    for (const { id: workflow } of graphs) {
      const alone = also === 0 || graphs.length === 1 ? undefined : await inspectFile(file, { workflow }).done;
      // One that can be loaded with the others and not alone has just been changed: it is looked at again.
      if (alone?.ok !== false) codes.push({ workflow, file, code: alone?.code ?? code });
    }
    return codes;
  }
}
