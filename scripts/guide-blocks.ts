/*
 * The code blocks of Cronflow's own documentation as files of workflows, and what became of them: see cronflow-guide.ts. The texts
 * themselves are not in this repository.
 */

export interface GuideBlock {
  /** `triggers-07.ts`: the page, and which of its blocks. */
  readonly file: string;
  readonly code: string;
}

/** The code blocks of a page, each with what it lacks to stand alone: the imports, and the workflow that it adds to. */
export function blocksOf(page: string, markdown: string): GuideBlock[] {
  return [...markdown.matchAll(/^```(?:typescript|ts|js)\b[^\n]*\n([\s\S]*?)^```/gm)].map(([, code = ''], index) => {
    const id = `${page}-${String(index).padStart(2, '0')}`;
    return { file: `${id}.ts`, code: `${lacking(code, id)}${code}` };
  });
}

function lacking(code: string, id: string): string {
  const lines = [];
  if (!importOf('cronflow').test(code)) lines.push("import { cronflow } from 'cronflow';");
  if (/\bz\./.test(code) && !importOf('z').test(code)) lines.push("import { z } from 'zod';");
  const hasItsOwn = /\bdefine\(/.test(code) || /\b(?:const|let|var)\s+workflow\b/.test(code);
  if (!hasItsOwn) lines.push(`const workflow = cronflow.define({ id: 'block-${id}' });`);
  return lines.map(line => `${line}\n`).join('');
}

function importOf(name: string): RegExp {
  return new RegExp(`^import\\b[^;]*\\b${name}\\b[^;]*\\bfrom\\b`, 'm');
}

/** Faults that a block has by itself, by what its refusal says: in Cronflow it cannot run either, or not alone. */
const OWN_FAULTS: readonly (readonly [fault: string, says: RegExp])[] = [
  ['await outside of a function', /`await` is only allowed within async functions/],
  ['a syntax error', /has a syntax error/],
  ['a package that is not installed', /which is not installed/],
  ['a name that is not defined', /ReferenceError: \w+ is not defined/],
  ['two steps or workflows of one name', /^\S+: Two (steps are named|workflows have the id)/],
];

/** The fault of its own that a refusal names; undefined: this engine lacks something. */
export function ownFault(message: string): string | undefined {
  return OWN_FAULTS.find(([, says]) => says.test(message))?.[0];
}
