import Database from 'better-sqlite3';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CommandLine, newFolder, ROOT, runCronflow, type Ended } from './support.ts';

/*
 * Reads a page of the guide as its reader does: saves its files, changes what it says to change, types its commands,
 * and looks whether what comes is what the page shows.
 *
 * - ```ts with an import of cronflow: a file; its first line is its name. It is run, unless a command of the page does.
 * - ```csv name.csv: a file, which is saved as spreadsheet programs do: with a BOM and Windows line ends.
 * - ```diff: a change to the file before it, or to the one it names (`--- examples/films.ts`).
 * - ```console: `$ command`, and below it what it writes. `…` on a line of its own stands for any lines, within a line
 *   for any text; `^C` is pressed once the lines above it are there. Times, dates and ids may differ.
 */

/** The checkout that the pages show paths of. */
const READERS_CHECKOUT = '/home/ada/cronflow';
/** The folder in it that docs/getting-started.md has its reader make. */
const OWN_FOLDER = 'examples/my';

export interface Block {
  readonly language: string;
  /** What stands behind the language: the name of a file. */
  readonly title: string;
  readonly text: string;
  /** The line of the page where its text begins. */
  readonly line: number;
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: (Omit<Block, 'text'> & { lines: string[] }) | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\S*) ?(.*)/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (open) {
      const { lines, ...block } = open;
      blocks.push({ ...block, text: lines.join('\n') });
      open = undefined;
    } else open = { language: fence[1] ?? '', title: fence[2] ?? '', line: index + 2, lines: [] };
  }
  return blocks;
}

/** A file of the page. */
export interface GuideFile {
  readonly name: string;
  readonly text: string;
}

export function fileOf({ language, text, line }: Block): GuideFile | undefined {
  if (language !== 'ts' || !/ from 'cronflow';/.test(text)) return undefined;
  // A test is executed by that of the page about tests: test/docs/testing-page.process.test.ts.
  if (/^\/\/ [\w-]+\.test\.ts\n/.test(text)) return undefined;
  const name = /^\/\/ ([\w-]+\.ts)\n/.exec(text)?.[1];
  if (name === undefined) throw new Error(`The file at line ${line} does not say its name in its first line.`);
  return { name, text: `${text}\n` };
}

/** What does not come as the page shows it, with the line of the page. */
export interface Difference {
  readonly line: number;
  readonly command: string;
  readonly shown: string;
  readonly got: string;
}

/**
 * Follows a page from its top. Its reader has a new checkout, with nothing stored in it.
 * @param from Where commands are typed: the README is read in the checkout, the other pages in a folder of one's own.
 */
export async function follow(markdown: string, from: 'checkout' | 'own folder' = 'own folder'): Promise<Difference[]> {
  const { folder: checkout, remove } = newFolder();
  try {
    cpSync(path.join(ROOT, 'package.json'), path.join(checkout, 'package.json'));
    cpSync(path.join(ROOT, 'examples'), path.join(checkout, 'examples'), {
      recursive: true,
      filter: source => !source.includes('.cronflow'),
    });
    const folder = from === 'checkout' ? checkout : path.join(checkout, OWN_FOLDER);
    mkdirSync(path.join(checkout, OWN_FOLDER, '.cronflow'), { recursive: true });
    const commandLine = new CommandLine(folder);
    try {
      return await new Reader(folder, commandLine, blocksOf(markdown)).read();
    } finally {
      commandLine.close();
    }
  } finally {
    remove();
  }
}

class Reader {
  readonly #folder: string;
  readonly #commandLine: CommandLine;
  readonly #blocks: readonly Block[];
  readonly #differences: Difference[] = [];
  #latest: GuideFile | undefined;
  #lastCode = 0;

  constructor(folder: string, commandLine: CommandLine, blocks: readonly Block[]) {
    this.#folder = folder;
    this.#commandLine = commandLine;
    this.#blocks = blocks;
  }

  async read(): Promise<Difference[]> {
    const typed = this.#blocks
      .filter(({ language }) => language === 'console')
      .map(({ text }) => text)
      .join('\n');
    for (const block of this.#blocks) {
      const file = fileOf(block);
      if (file) {
        this.#save(file);
        if (!new RegExp(`^\\$ .* ${file.name.replace('.', '\\.')}\\b`, 'm').test(typed))
          await this.#runUnshown(file, block.line);
      }
      if (block.language === 'csv')
        writeFileSync(path.join(this.#folder, block.title), `\uFEFF${block.text.replaceAll('\n', '\r\n')}\r\n`);
      if (block.language === 'diff') this.#change(block);
      if (block.language === 'console') await this.#type(block);
    }
    return this.#differences;
  }

  #save(file: GuideFile): void {
    this.#latest = file;
    writeFileSync(path.join(this.#folder, file.name), file.text);
  }

  #change({ text, line }: Block): void {
    const [, named, changed = text] = /^--- (\S+)\n([^]*)$/.exec(text) ?? [];
    const file =
      named === undefined ? this.#latest : { name: named, text: readFileSync(path.join(this.#folder, named), 'utf8') };
    if (!file) throw new Error(`There is no file before the change at line ${line}.`);
    const side = (sign: string) =>
      changed
        .split('\n')
        .filter(part => part[0] === sign || part[0] === ' ')
        .map(part => part.slice(1))
        .join('\n');
    const { name, text: before } = file;
    if (before.split(side('-')).length !== 2) throw new Error(`The change at line ${line} does not fit ${name}.`);
    this.#save({ name, text: before.replace(side('-'), () => side('+')) });
  }

  async #runUnshown({ name }: GuideFile, line: number): Promise<void> {
    const { code, stdout, stderr } = await this.#commandLine.type(['run', name, '--store', 'unshown.db']);
    if (code !== 0)
      this.#differences.push({
        line,
        command: `run ${name}`,
        shown: 'exit code 0',
        got: `exit code ${code}\n${stderr}${stdout}`,
      });
  }

  async #type({ text, line }: Block): Promise<void> {
    const lines = text.split('\n');
    for (let at = 0; at < lines.length;) {
      const command = /^\$ (.*)/.exec(lines[at] ?? '')?.[1];
      if (command === undefined) throw new Error(`Line ${line + at} is not the output of any command.`);
      const next = lines.findIndex((other, index) => index > at && other.startsWith('$ '));
      const end = next === -1 ? lines.length : next;
      const shown = lines.slice(at + 1, end);
      const got = await this.#perform(command, shown);
      if (!isAsShown(shown, got)) this.#differences.push({ line: line + at, command, shown: shown.join('\n'), got });
      at = end;
    }
  }

  async #perform(command: string, shown: readonly string[]): Promise<string> {
    if (command === 'echo $?') return String(this.#lastCode);
    const [program, ...words] = wordsOf(command);
    const args = words.filter(word => word !== '2>/dev/null');
    if (program === 'sqlite3') return this.#query(args);
    const [run, ...rest] = args.filter(arg => arg !== '-s');
    if (program !== 'npm' || run !== 'run' || rest[0] !== 'cronflow' || rest[1] !== '--')
      throw new Error(`The guide's reader cannot do: ${command}`);
    const ended = await this.#cronflow(rest.slice(2), shown);
    this.#lastCode = ended.code;
    // They are two streams; what is for the meantime comes first.
    return (args.length < words.length ? '' : ended.stderr) + ended.stdout;
  }

  #cronflow(args: readonly string[], shown: readonly string[]): Promise<Ended> {
    const pressAfter = shown.indexOf('^C') - 1;
    if (pressAfter < 0) return this.#commandLine.type(args);
    let pressed = false;
    return runCronflow(this.#folder, args, started => {
      if (pressed || !started.written().includes(shown[pressAfter] ?? '')) return;
      pressed = true;
      started.interrupt();
    });
  }

  /** As the command-line shell of SQLite prints it. */
  #query(args: readonly string[]): string {
    const [file = '', sql = ''] = args.filter(arg => !arg.startsWith('-'));
    const db = new Database(path.join(this.#folder, file), { readonly: true });
    try {
      const statement = db.prepare(sql);
      if (!statement.reader) throw new Error(`The guide's queries only read: ${sql}`);
      return statement
        .raw()
        .all()
        .map(row => (row as unknown[]).join('|'))
        .join('\n');
    } finally {
      db.close();
    }
  }
}

/** The words of a shell command; quotes hold words together. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}

function isAsShown(shown: readonly string[], got: string): boolean {
  const actual = linesOf(got);
  const expected = linesOf(shown.filter(line => line !== '^C').join('\n'));
  let at = 0;
  let anyMayCome = false;
  for (const line of expected) {
    if (line === '…') {
      anyMayCome = true;
      continue;
    }
    const pattern = new RegExp(
      `^${line
        .split('…')
        .map(part => RegExp.escape(part))
        .join('.*')}$`,
    );
    const found = anyMayCome
      ? actual.findIndex((other, index) => index >= at && pattern.test(other))
      : pattern.test(actual[at] ?? '')
        ? at
        : -1;
    if (found === -1 && !(line === '' && actual[at] === undefined)) return false;
    at = found + 1;
    anyMayCome = false;
  }
  return anyMayCome || at === actual.length;
}

/** Without what differs from run to run. On a slow machine a line tells of the progress now and then. */
function linesOf(text: string): string[] {
  return text
    .replaceAll(/^.*: [\d,]+ of [\d,]+( or more)? \w+(, [\d,]+ failed)?\n/gm, '')
    .replaceAll(READERS_CHECKOUT, '<folder>')
    .replaceAll(/\/\S*cronflow-guide-\w+/g, '<folder>')
    .replaceAll(/\b\d+(\.\d+)? (ms|s)\b/g, '<time>')
    .replaceAll(/"durationMs":\d+/g, '"durationMs":<time>')
    .replaceAll(/\d{1,2}\/\d{1,2}\/\d{4}, \d{1,2}:\d\d:\d\d [AP]M/g, '<date>')
    .replaceAll(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<uuid>')
    .replaceAll(/\bprocess \d+/g, 'process <number>')
    .trim()
    .split('\n')
    .map(line => line.trimEnd());
}
