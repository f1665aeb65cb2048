import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Old words of this project, and what to write instead: `npm run lint` fails on them in docs, texts and comments. Only
 * phrases that are never right belong here. A pattern with a capital letter matches that case only. A space also
 * matches a line break, also inside of a comment.
 */
const OLD_WORDS: readonly (readonly [pattern: string, instead: string])[] = [
  ['mend(s|ed|ing)?', 'fix'],
  ['borne|bear(s|ing)? (failures|that|this|them)|bore (failures|them)', 'tolerated, tolerate'],
  ['(cannot|can not|could not|can|to|not) be kept', 'be stored'],
  ['(is|are|was|were) (not )?kept (in|with|by name|beside|there|until|as data)', 'stored'],
  ['recut', 'split again'],
  [
    '(has|have) not been cut|(is|are) cut (into|anew)|cut into (batches|a batch)',
    'split into batches, or "not created yet"',
  ],
  ['(first|second|third|next|last|further|another|each|every|one|this|own) try(?! (one|to|it|again))', 'attempt'],
  ['tries (of|for) (a|the|this|its) (whole )?(step|batch)', 'attempts'],
  ['(new|further|earlier|later|old|each|every) pass(es)?|pass(es)? of (a|the|this|one|its) batch', 'batch attempt'],
  ['groups? of failures?', 'cause (on screen), fingerprint (in code)'],
  ['in this group|groups? of (films|flights|orders|items)', 'batch'],
  ['Not now', 'Cancel'],
  ['Nothing is called that', 'No results'],
  ['Search or do', 'Search or run a command'],
  ['go(es)? on with what was cancelled', 'Resume the cancelled batches'],
  ['runs? (the )?failed (batch|batches|step|steps) again|again, into the same run', 're-run the failed batches'],
  ['light(s|ing)? (the|its|these|those|all) .{0,8}batch(es)?|lit (batch|batches|tiles)', 'highlight the batches'],
  ['It is at work', 'Running'],
  ['drag to choose', 'Drag to select batches'],
  ['Kept running, the window', 'The window closes. The app quits when the runs have finished.'],
  ['(do|does|did) not come out', 'do not add up'],
  ['(bar|stream) without an end', 'open-ended'],
  ['(is|are) dear', 'is expensive'],
  ['none of a place', 'an index that is not an integer'],
  ['that (is|are) none(?! of)', 'that is not one, or "an invalid …"'],
  ['wishes that|a wish that', 'requests'],
  ['(does|do) not let (itself|themselves) be', 'cannot be'],
  ['What it went on from', 'Load the snapshot, then apply the messages'],
  ['had better', 'should'],
  ['RunFeed|HostFeed', 'LiveRun'],
  ['BatchFeed', 'StatusThrottle'],
  ['LogFeed', 'LogThrottle'],
  ['Breakable', 'Abortable'],
  ['letGo', 'unregister, release'],
  ['RunView', 'RunMirror'],
  ['keptError|parseKept\\w*', 'parseStored…'],
];

const CHECKED = [
  'README.md',
  'SECURITY.md',
  'docs',
  'examples',
  'common',
  'engine',
  'cli',
  'host',
  'electron',
  'renderer',
];
const GAP = String.raw`(?:[ \t]|\s*\n\s*(?:\/\/+|\*|>)?[ \t]*)`;

const PATTERNS = OLD_WORDS.map(([pattern, instead]) => ({
  instead,
  regex: new RegExp(`\\b(?:${pattern.replaceAll(' ', GAP)})\\b`, /[A-Z]/.test(pattern) ? 'g' : 'gi'),
}));

export interface OldWord {
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

/** The old words of a text, in order. What commands print in a page is a copy: it is checked where it is written. */
export function oldWordsIn(text: string): OldWord[] {
  const checked = text.replaceAll(/^```console\n[^]*?^```$/gm, block => block.replaceAll(/[^\n]/g, ' '));
  return PATTERNS.flatMap(({ regex, instead }) =>
    [...checked.matchAll(regex)].map(({ 0: word, index }) => ({
      line: checked.slice(0, index).split('\n').length,
      word: word.replaceAll(/\s+(?:\/\/+|\*)?\s*/g, ' '),
      instead,
    })),
  ).toSorted((a, b) => a.line - b.line);
}

function filesIn(place: string): string[] {
  if (place.endsWith('.md')) return [place];
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).map(name => path.join(place, name));
  return files.filter(file => /\.(md|tsx?|css|html)$/.test(file)).toSorted();
}

if (process.argv[1] === import.meta.filename) {
  process.chdir(path.resolve(import.meta.dirname, '..'));
  let found = 0;
  for (const file of CHECKED.flatMap(filesIn)) {
    for (const { line, word, instead } of oldWordsIn(readFileSync(file, 'utf8'))) {
      console.log(`${file}:${line} says "${word}". Write: ${instead}`);
      found += 1;
    }
  }
  if (found > 0) {
    console.error(`${found} old words. The table is in scripts/check-words.ts.`);
    process.exitCode = 1;
  }
}
