import type { Graph, WorkflowFile } from '../../host/api/api.ts';

/** What a row of the list of workflows stands for. */
export type Entry =
  | { readonly kind: 'workflow'; readonly file: WorkflowFile; readonly graph: Graph }
  | { readonly kind: 'broken'; readonly file: WorkflowFile }
  /** A file of a folder that is not trusted. */
  | { readonly kind: 'unloaded'; readonly file: WorkflowFile };

/** Those that share a folder of the workspace; '' is the workspace itself. */
export interface EntryFolder {
  readonly folder: string;
  readonly entries: readonly Entry[];
}

/** With fewer than these all are seen at one look: there is nothing to filter or to fold. */
export const MANY = 8;

export function entriesOf(files: readonly WorkflowFile[]): Entry[] {
  return files.flatMap((file): Entry[] => {
    if (file.graphs.length > 0) return file.graphs.map(graph => ({ kind: 'workflow', file, graph }));
    return [{ kind: file.problem ? 'broken' : 'unloaded', file }];
  });
}

/** Those in which each word of the filter is a part of the name or of the path. */
export function matching(entries: readonly Entry[], filter: string): readonly Entry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(entry => {
    const names = [entry.file.file, ...(entry.kind === 'workflow' ? [entry.graph.name, entry.graph.id] : [])];
    return words.every(word => names.some(name => name.toLowerCase().includes(word)));
  });
}

/** Few are one list. Many are by folder, the workspace itself first, in the order of their paths. */
export function byFolder(entries: readonly Entry[]): EntryFolder[] {
  if (entries.length <= MANY) return [{ folder: '', entries }];
  const folders = Map.groupBy(entries, ({ file }) => folderOf(file.file));
  return [...folders]
    .map(([folder, inIt]) => ({ folder, entries: inIt }))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
