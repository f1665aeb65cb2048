import type { GraphNode } from '../../../common/graph.ts';
import { parentPath } from '../../../common/node-paths.ts';

/*
 * The members of a list (`.parallel([a, b])`) have no names but their places. Where the author adds one in front, or
 * another `.parallel` before it, stored results would go to other functions: who a member is, its code says.
 */

/** For members that stand elsewhere now, for certain: their old paths and their new ones. */
export function movedMembers(
  before: ReadonlyMap<string, GraphNode>,
  now: ReadonlyMap<string, GraphNode>,
): Map<string, string> {
  const [old, places] = [placesByCode(before), placesByCode(now)];
  const moved = new Map<string, string>();
  for (const node of before.values()) {
    const members = node.members ?? [];
    for (const member of members) {
      if (member.code === undefined || now.get(member.path)?.code === member.code) continue;
      const [place, ...others] = places.get(member.code) ?? [];
      if (place !== undefined && others.length === 0 && old.get(member.code)?.length === 1)
        moved.set(member.path, place);
    }
    // All of them stand in another list now, and none of that list's are here: the list itself has moved.
    const lists = new Set(members.map(({ path }) => parentPath(moved.get(path) ?? '')));
    const [list = ''] = lists;
    if (lists.size === 1 && list !== '' && list !== node.path && !isSameList(node, now.get(node.path)))
      moved.set(node.path, list);
  }
  return moved;
}

/**
 * Whether a stored result of a member could be another's: there are more members now, or fewer, and it cannot be said
 * which is which. Of as many as before, one whose code differs was edited where it stands.
 */
export function mayBeAnother(
  member: GraphNode,
  before: ReadonlyMap<string, GraphNode>,
  now: ReadonlyMap<string, GraphNode>,
): boolean {
  if (member.code === undefined) return false;
  const list = parentPath(member.path);
  const [old, today] = [before.get(list), now.get(list)].map(node => (node ? codesOf(node) : []));
  if (!old || !today || old.length === today.length) return false;
  const isTheOnly = old.filter(code => code === member.code).length === 1;
  return !isTheOnly || now.get(member.path)?.code !== member.code;
}

function isSameList(before: GraphNode, now: GraphNode | undefined): boolean {
  if (!now) return false;
  const codes = new Set(codesOf(now));
  return codesOf(before).some(code => codes.has(code));
}

function codesOf({ members = [] }: GraphNode): string[] {
  return members.flatMap(({ code }) => code ?? []);
}

function placesByCode(nodes: ReadonlyMap<string, GraphNode>): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { path, code } of nodes.values()) {
    if (code !== undefined) places.set(code, [...(places.get(code) ?? []), path]);
  }
  return places;
}
