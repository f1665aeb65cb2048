import { titleWithoutName } from '../../../common/node-kinds.ts';
import type { Graph, GraphBranch, GraphNode } from '../../../host/api/api.ts';
import { label } from '../shown-text.ts';

/** What the ways out of an `if` are called, in their order; the last is "none of them" where there is no `else`. */
export function branchLabels(branches: readonly GraphBranch[]): readonly string[] {
  const several = branches.length > 2;
  const labels = branches.map((branch, index) => {
    if (index === 0) return 'yes';
    if (branch.id === 'else') return several ? 'otherwise' : 'no';
    return branch.title ?? label(branch.id, MAX_NAME_LENGTH);
  });
  if (branches.at(-1)?.id !== 'else') labels.push(branches.length > 1 ? 'none of these' : 'no');
  return labels;
}

const MAX_NAME_LENGTH = 200;

/** The author's title, or else the name; a made-up name such as `sleep-1` is told in words. */
export function titleFor({ id, kind, title }: Pick<GraphNode, 'id' | 'kind' | 'title'>): string {
  if (title !== undefined) return title;
  return titleWithoutName(kind, id) ?? label(id, MAX_NAME_LENGTH);
}

export function triggerText({ triggers }: Graph): string | undefined {
  if (triggers.length === 0) return undefined;
  return (
    `The file declares triggers: ` +
    `${triggers.map(({ kind, on }) => `${kind} ${label(on, MAX_NAME_LENGTH)}`).join(', ')}. Cronflow runs it only ` +
    `when you start it.`
  );
}

export function undrawnText(why: string): string {
  return `These steps depend on the items. They appear when the workflow runs. (Without items: ${why})`;
}
