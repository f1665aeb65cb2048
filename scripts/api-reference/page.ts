import type { Declaration, Member } from './declarations.ts';

/** A part of the page: what a module exports. */
export interface Module {
  /** What it is imported from. */
  readonly specifier: string;
  readonly about: string;
  readonly declarations: readonly Declaration[];
}

const HEAD = `# API reference

Everything that can be imported, as the code says it. This page is made of the comments in the code (\`npm run docs:api\`): correct them there.
For how the parts work together, begin with [Getting started](getting-started.md). Where a method gives a \`Chain\`, the next one is called on it.
`;

/** What most readers look for. The other types follow in the order of the code. */
const FIRST = ['CronflowProgram', 'Cronflow', 'Definition', 'Workflow', 'Flow', 'BodyFlow', 'Context', 'State'];

export function pageOf(modules: readonly Module[]): string {
  // A type that two modules export is explained once, and what only our own types are made of is not.
  const all = new Map<string, Declaration>();
  const parts = modules.map(({ declarations, ...module }) => {
    const own = declarations.filter(({ name, doc }) => !all.has(name) && !/@internal\b/.test(doc));
    for (const declaration of own) all.set(declaration.name, declaration);
    const rank = ({ name }: Declaration) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
    const values = own.filter(({ kind }) => kind === 'value');
    const types = own.filter(({ kind }) => kind === 'type').toSorted((a, b) => rank(a) - rank(b));
    return { ...module, values, types };
  });
  const text = parts.flatMap(({ specifier, about, values, types }) => [
    `## From ${specifier}`,
    about,
    ...values.flatMap(value => sectionOf(value, all)),
    `### Types of ${specifier}`,
    types.map(({ name }) => `[${name}](#${anchorOf(headingOf(name, all))})`).join(' · '),
    ...types.flatMap(type => sectionOf(type, all)),
  ]);
  return `${[HEAD.trimEnd(), ...text].join('\n\n')}\n`;
}

function sectionOf({ name, doc, code, members, kind }: Declaration, all: ReadonlyMap<string, Declaration>): string[] {
  const type = kind === 'value' ? /^\w+: (\w+)$/.exec(code)?.[1] : undefined;
  const ofType = type === undefined ? undefined : all.get(type);
  const shown = ofType ?? (members.length > 0 ? undefined : { code });
  return [
    `#### ${headingOf(name, all)}`,
    ...(doc === '' ? [] : [textOf(doc)]),
    ...(shown === undefined ? [] : [fenced(withoutComments(shown.code).trim())]),
    ...(ofType === undefined ? [] : [`Its type: [${ofType.name}](#${anchorOf(headingOf(ofType.name, all))}).`]),
    ...(members.length > 0 ? [members.map(memberOf).join('\n')] : []),
  ];
}

/** A value and a type that differ only in how they are written would have one anchor. */
function headingOf(name: string, all: ReadonlyMap<string, Declaration>): string {
  const isTaken = [...all.keys()].some(other => other !== name && anchorOf(other) === anchorOf(name));
  return isTaken && all.get(name)?.kind === 'type' ? `${name} (type)` : name;
}

function memberOf({ doc, code }: Member): string {
  const signature = simplified(
    withoutComments(code)
      .replaceAll(/\s+/g, ' ')
      .replace(/^readonly /, ''),
  );
  const text = doc === '' ? '' : `\n${indented(textOf(doc))}`;
  return `- \`\` ${signature} \`\`${text}`;
}

/** Without the bookkeeping of the builder's types: what the compiler knows of the steps so far. */
export function simplified(signature: string): string {
  let text = signature.replace(/^(\w+)<.*?>(?=\()/, '$1');
  text = withoutArguments(text);
  return text
    .replace(/\(\s*this: \w+(?:<[^()]*?>)?,?\s*/, '(')
    .replaceAll(/,\s*\)/g, ' )')
    .replaceAll('( ', '(')
    .replaceAll(' )', ')');
}

/** Type arguments that name what only the builder counts. */
const COUNTED = /\b(?:Steps|Kind|Prev|Open|SeenSteps|Last|Members|Source)\b/;

function withoutArguments(text: string): string {
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const end = closing(text, at);
    if (end === -1) return text;
    if (COUNTED.test(text.slice(at, end))) text = text.slice(0, at) + text.slice(end + 1);
    if (text[at] === '<') continue;
    at -= 1;
  }
  return text;
}

/** Where the bracket at `from` is closed; an arrow is none. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '<') depth += 1;
    if (text[at] === '>' && text[at - 1] !== '=') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** A comment as a text: its tags as sentences, its code in a block. */
function textOf(doc: string): string {
  const [description = '', ...tags] = doc.split(/(?:^|\n| )(?=@(?:param|default|throws|example)\b)/);
  const said = tags.map(tag => {
    const [, name = '', rest = ''] = /^@(\w+)[ \t]*([^]*)$/.exec(tag) ?? [];
    if (name === 'example') return fenced(unindented(rest));
    const text = joined(rest);
    if (name === 'param') return `- ${text.replace(/^(\w+)\s+/, '`$1`: ')}`;
    return name === 'default' ? `Default: ${text}.` : `Throws ${text}.`;
  });
  return [paragraphs(description), ...said]
    .filter(part => part !== '')
    .reduce(
      (text, part) => (text === '' ? part : `${text}${isItem(part) && isItem(lastLine(text)) ? '\n' : '\n\n'}${part}`),
      '',
    );
}

function isItem(line: string): boolean {
  return line.startsWith('- ');
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

/** Lines that were broken to fit the code belong together; lists and empty lines stay. */
function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map(part => part.replaceAll(/\n(?!\s*[-*] )\s*/g, ' ').trim())
    .join('\n\n');
}

function joined(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
}

function unindented(code: string): string {
  const lines = code.replace(/^\n/, '').trimEnd().split('\n');
  const least = Math.min(...lines.filter(line => line.trim() !== '').map(line => /^ */.exec(line)?.[0].length ?? 0));
  return lines.map(line => line.slice(least)).join('\n');
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

function withoutComments(code: string): string {
  return code
    .replaceAll(/^[ \t]*\/\*\*[^]*?\*\/\n/gm, '')
    .replaceAll(/\/\*\*[^]*?\*\/\s*/g, '')
    .replaceAll(/^[ \t]*\/\/.*\n/gm, '');
}

function fenced(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}

/** As GitHub makes them of headings. */
function anchorOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
