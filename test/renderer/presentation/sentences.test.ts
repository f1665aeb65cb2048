import { describe, expect, test } from 'vitest';
import type { Counts, Graph, ItemAtFault, ItemCheck, Progress, Result, RunItem } from '../../../host/api/api.ts';
import { checkedItems } from '../../../renderer/model/items/fix-progress.ts';
import { correctedBatches, correctionOf } from '../../../renderer/model/presentation/correction.ts';
import { textIn } from '../../../renderer/model/presentation/languages.ts';
import { sharesOf } from '../../../renderer/model/presentation/shares.ts';
import { figuresOf, stageKind } from '../../../renderer/model/presentation/stage.ts';

/* What each state says, in each language: what happened, what it means, and who can do what. */

type Findings = Result<'getFindings'>;

const NONE: Counts = { total: 0, succeeded: 0, failed: 0, running: 0, waiting: 0, cancelled: 0, setAside: 0 };
const unitOf = { en: ['film', 'films'], de: ['Film', 'Filme'] } as const;
const graphIn = (language: 'en' | 'de'): Graph => ({
  id: 'films',
  name: 'Films',
  triggers: [],
  nodes: [
    { path: 'clean', id: 'clean', kind: 'batch', title: 'Clean', unit: unitOf[language], settings: { size: 100 } },
    { path: 'report', id: 'report', kind: 'step', title: 'Report' },
  ],
});
const progress = (status: Progress['status'], items: Partial<Counts>, more: Partial<Progress> = {}): Progress => {
  const counts = { ...NONE, ...items };
  return {
    status,
    items: counts,
    batches: counts,
    failedBatches: counts.failed > 0 ? 5 : 0,
    nodes: [{ node: 2, path: 'clean', batches: counts, items: counts, complete: true, concurrency: 1 }],
    steps: [],
    rate: 0,
    startedAt: 0,
    endedAt: 1_000,
    activeMs: 0,
    ...more,
  };
};
const item = (at: number): ItemAtFault => ({
  scope: 1,
  path: 'clean',
  batch: at % 5,
  parent: 0,
  item: at,
  row: at,
  position: at,
  found: 'probed',
  error: { name: 'Error', message: 'x', fingerprint: 'x' },
  others: [],
});
const searched = (batch: number) => ({ path: 'clean', batch, probes: 1, isComplete: true, items: 2 });
const findings: Findings = {
  counts: { items: 10, batches: 5, waiting: 490 },
  searchable: 5,
  items: Array.from({ length: 10 }, (_, at) => item(at)),
  searches: [0, 1, 2, 3, 4].map(searched),
};
const check = (passing: number, more: Partial<ItemCheck> = {}): ItemCheck => ({
  run: 1,
  begunAt: 2_000,
  state: 'ended',
  total: 10,
  results: findings.items.map(({ scope, item: at }) => ({
    scope,
    item: at,
    outcome: at < passing ? ('passes' as const) : ('fails' as const),
  })),
  ...more,
});

interface Known {
  readonly findings?: Findings;
  readonly check?: ItemCheck;
  readonly codeChanged?: boolean;
  readonly failedStep?: string;
  readonly stopping?: RunItem['stopping'];
  readonly repaired?: number;
}

const kindOf = (of: Progress, known: Known) => stageKind(of, correctionIn(of, known).kind, known.stopping);
const correctionIn = (of: Progress, known: Known) =>
  correctionOf({
    findings: known.findings,
    check: known.check,
    failedBatches: of.failedBatches,
    endedAt: of.endedAt,
    codeChanged: known.codeChanged ?? false,
  });

/** What is on the screen, without the badge's time of day. */
function saidIn(language: 'en' | 'de', of: Progress, known: Known): string {
  const text = textIn([language]);
  const correction = correctionIn(of, known);
  const kind = kindOf(of, known);
  const figures = figuresOf(text, {
    progress: of,
    graph: graphIn(language),
    failedStep: known.failedStep,
    findings: known.findings,
    correction,
    repaired: known.repaired ?? 0,
  });
  const can = text.can[kind](figures);
  return [
    text.badge[kind](undefined),
    text.headline[kind](figures),
    text.meaning[kind](figures).join(' '),
    ...(can ? [[can.what, can.why].filter(part => part !== undefined).join(' ')] : []),
  ]
    .filter(part => part !== '')
    .join(' | ')
    .replaceAll('\u00a0', ' ');
}

const stopped = progress('failed', { total: 3_201, succeeded: 2_701, failed: 500 });
const cases: [string, Progress, Known, en: string, de: string][] = [
  [
    'while it runs',
    progress('running', { total: 3_201, succeeded: 1_500, failed: 400, running: 400, waiting: 901 }),
    {},
    'Running | 1,500 of 3,201 films are done. | 400 films could not be finished. The others go on.',
    'Läuft | 1.500 Filme sind fertig, von 3.201. | 400 Filme konnten nicht fertig werden. Die anderen laufen weiter.',
  ],
  [
    'while nobody knows how many there are',
    progress(
      'running',
      { total: 40, succeeded: 40 },
      {
        nodes: [{ node: 2, path: 'clean', batches: NONE, items: NONE, complete: false, concurrency: 1 }],
      },
    ),
    {},
    'Running | 40 films are done so far.',
    'Läuft | 40 Filme sind bisher fertig.',
  ],
  [
    'while it ends what it has begun',
    progress('running', { total: 40, succeeded: 40 }),
    { stopping: 'cancelled' },
    'Stopping | It is being stopped. | What has begun is finished first. Nothing new starts.',
    'Wird angehalten | Es wird abgebrochen. | Was begonnen hat, wird noch fertig. Nichts Neues beginnt.',
  ],
  [
    'when it has stopped, and nobody has looked who is at fault',
    stopped,
    {},
    'Stopped | 500 films could not be finished. | 2,701 are done and will not be touched again. | ' +
      'Somebody must correct this first. Trying again now would stop in the same places.',
    'Angehalten | 500 Filme konnten nicht fertig werden. | 2.701 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Zuerst muss das jemand korrigieren. Ein neuer Versuch würde jetzt wieder daran scheitern.',
  ],
  [
    'when it has stopped, and it is known who is at fault',
    stopped,
    { findings },
    'Stopped | 10 films need a correction. | 490 more wait with them. 2,701 are done and will not be touched again. | ' +
      'Somebody must correct this first. Trying again now would stop at the same films.',
    'Angehalten | 10 Filme müssen korrigiert werden. | 490 weitere warten mit. 2.701 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Zuerst muss das jemand korrigieren. Ein neuer Versuch würde jetzt wieder daran scheitern.',
  ],
  [
    'when a step did not work',
    progress('failed', { total: 4, succeeded: 4 }),
    { failedStep: 'report' },
    'Stopped | “Report” did not work. | 4 are done and will not be touched again. | ' +
      'Somebody must correct this first. Trying again now would stop in the same places.',
    'Angehalten | „Report“ hat nicht funktioniert. | 4 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Zuerst muss das jemand korrigieren. Ein neuer Versuch würde jetzt wieder daran scheitern.',
  ],
  [
    'when something has changed, and nothing can be tested',
    stopped,
    { codeChanged: true },
    'Changed | It has been changed since. | 500 films could not be finished before. 2,701 are done and will not be touched again. | ' +
      'Nobody knows yet whether it works now. Trying again shows it.',
    'Geändert | Es wurde seitdem geändert. | 500 Filme konnten vorher nicht fertig werden. 2.701 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Noch weiß niemand, ob es jetzt funktioniert. Ein neuer Versuch zeigt es.',
  ],
  [
    'while the change is tested',
    stopped,
    { findings, codeChanged: true, check: { ...check(10), state: 'checking', results: check(10).results.slice(0, 4) } },
    'Being tested | The correction is being tested. | 4 of 10 so far. Nothing is stored.',
    'Wird geprüft | Die Korrektur wird geprüft. | Bisher 4 von 10. Gespeichert wird dabei nichts.',
  ],
  [
    'when some still fail',
    stopped,
    { findings, codeChanged: true, check: check(7) },
    'Tested | 7 of 10 films are corrected. | 3 still need a correction. 2,701 are done and will not be touched again. | ' +
      'Somebody must correct the rest first. Trying again now would stop at the other 3 films.',
    'Geprüft | 7 Filme sind korrigiert, von 10. | 3 müssen noch korrigiert werden. 2.701 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Zuerst muss jemand den Rest korrigieren. Ein neuer Versuch würde jetzt wieder daran scheitern.',
  ],
  [
    'when all still fail',
    stopped,
    { findings, codeChanged: true, check: check(0) },
    'Tested | It is not corrected yet. | It has been changed, and 10 films still fail. 2,701 are done and will not be touched again. | ' +
      'Somebody must correct the rest first. Trying again now would stop at the same 10 films.',
    'Geprüft | Es ist noch nicht korrigiert. | Es wurde geändert, aber 10 Filme scheitern immer noch. 2.701 sind fertig und werden nicht noch einmal angefasst. | ' +
      'Zuerst muss jemand den Rest korrigieren. Ein neuer Versuch würde jetzt wieder daran scheitern.',
  ],
  [
    'when all pass',
    stopped,
    { findings, codeChanged: true, check: check(10) },
    'Corrected | It is corrected. | The correction was tested on exactly these 10 films, without storing anything. All 10 pass.',
    'Korrigiert | Es ist korrigiert. | Die Korrektur wurde an genau denen geprüft, die gescheitert waren, ohne etwas zu speichern. Alle 10 Filme bestehen.',
  ],
  [
    'when it is paused',
    progress('paused', { total: 3_201, succeeded: 1_500, waiting: 1_701 }),
    {},
    'Paused | 1,500 of 3,201 films are done. The rest waits. | Someone pressed Pause. Nothing new starts. Nothing is lost. | ' +
      'You can continue at any time.',
    'Pausiert | 1.500 Filme sind fertig, von 3.201. Der Rest wartet. | Jemand hat auf Pause gedrückt. Nichts Neues beginnt. Nichts geht verloren. | ' +
      'Es kann jederzeit weitergehen.',
  ],
  [
    'when its process ended',
    progress('interrupted', { total: 4, succeeded: 1, waiting: 3 }),
    {},
    'Interrupted | The program stopped in the middle. | 1 film is stored. What had begun starts again. | ' +
      'You can continue. Somebody should look at why it stopped.',
    'Unterbrochen | Das Programm ist mittendrin stehen geblieben. | 1 Film ist gespeichert. Was begonnen hatte, beginnt noch einmal. | ' +
      'Es kann weitergehen. Jemand sollte nachsehen, warum es stehen geblieben ist.',
  ],
  [
    'when it was cancelled',
    progress('cancelled', { total: 3_201, succeeded: 1_900, cancelled: 1_301 }),
    {},
    'Cancelled | Someone stopped it on purpose. | 1,900 films are done and stay done. 1,301 were not done. | ' +
      'You can do the others at any time.',
    'Abgebrochen | Jemand hat es absichtlich abgebrochen. | 1.900 Filme sind fertig und bleiben es. 1.301 wurden nicht gemacht. | ' +
      'Die anderen können jederzeit erledigt werden.',
  ],
  [
    'when items are set aside',
    progress('completed', { total: 3_201, succeeded: 3_191, setAside: 10 }),
    {},
    'Done, with exceptions | 3,191 films are done. 10 are set aside. | They stay on record with their reasons. | ' +
      'Somebody can correct them and take them back in.',
    'Fertig, mit Ausnahmen | 3.191 Filme sind fertig. 10 sind zurückgestellt. | Sie bleiben mit ihren Gründen vermerkt. | ' +
      'Jemand kann sie korrigieren und zurückholen.',
  ],
  [
    'when failures were tolerated',
    progress('completed', { total: 2, succeeded: 1, failed: 1 }),
    {},
    'Done, with exceptions | 1 film is done. 1 could not be finished. | It stays on record with its reason. | ' +
      'Somebody can correct it and try again.',
    'Fertig, mit Ausnahmen | 1 Film ist fertig. 1 konnte nicht fertig werden. | Der Grund bleibt vermerkt. | ' +
      'Jemand kann das korrigieren und es noch einmal versuchen.',
  ],
  [
    'when all is done',
    progress('completed', { total: 1_000, succeeded: 1_000 }),
    {},
    'Done | All 1,000 films are done.',
    'Fertig | Alle 1.000 Filme sind fertig.',
  ],
  [
    'when there was one',
    progress('completed', { total: 1, succeeded: 1 }),
    {},
    'Done | 1 film is done.',
    'Fertig | 1 Film ist fertig.',
  ],
  ['when there was nothing to count', progress('completed', {}), {}, 'Done | It is done.', 'Fertig | Es ist fertig.'],
];

describe('the presentation says what happened, what it means and who can do what, in the words of the author', () => {
  test.each(cases)('%s', (_, of, known, en, de) => {
    expect(saidIn('en', of, known)).toBe(en);
    expect(saidIn('de', of, known)).toBe(de);
  });

  test('never of attempts, batches or code', () => {
    for (const [name, of, known] of cases) {
      expect(saidIn('en', of, known), name).not.toMatch(/\bbatch|attempt|\bcode\b|re-run|payload|\bJSON\b/i);
      expect(saidIn('de', of, known), name).not.toMatch(/\bBatch|Stapel|\bCode\b|Payload|\bJSON\b|Lauf\b/);
    }
  });
});

describe('“It is corrected” is said only where all that failed were tested, and pass, since the run has ended', () => {
  const all: Known = { findings, codeChanged: true, check: check(10) };
  const kind = (known: Partial<Known>) => kindOf(stopped, { ...all, ...known });

  test('and only then', () => expect(kind({})).toBe('corrected'));

  test.each([
    ['a failed batch was not searched', { findings: { ...findings, searches: findings.searches.slice(1) } }],
    [
      'a search did not come to its end',
      { findings: { ...findings, searches: [{ ...searched(0), isComplete: false }, ...findings.searches.slice(1)] } },
    ],
    ['some of those found are not here', { findings: { ...findings, counts: { ...findings.counts, items: 1_200 } } }],
    ['another batch has failed', { findings: { ...findings, counts: { ...findings.counts, batches: 4 } } }],
    ['the test is from before the run’s end', { check: check(10, { begunAt: 1_000 }) }],
    ['nobody has allowed to test', { check: check(10, { asks: true }) }],
    ['the file does not load', { check: check(10, { problem: { name: 'SyntaxError', message: 'x' } }) }],
    ['one was not tested', { check: { ...check(10), results: check(10).results.slice(1) } }],
  ])('not where %s', (_, known) => expect(kind(known)).toBe('changed'));

  test('not where one passes up to an effect, which a test does not execute', () => {
    const results = check(10).results.map(result =>
      result.item === 3 ? { ...result, outcome: 'needs-effect' as const } : result,
    );
    expect(kind({ check: { ...check(10), results } })).toBe('partly');
  });

  test('and a square counts as corrected once all in it that were at fault pass', () => {
    // Two in each of five.
    const batches = (passing: number) => [...correctedBatches(checkedItems(findings.items, check(passing)), 'clean')];
    expect([batches(0), batches(5), batches(7), batches(10)]).toEqual([[], [], [0, 1], [0, 1, 2, 3, 4]]);
    expect(correctedBatches(checkedItems(findings.items, check(10)), 'another')).toEqual(new Set());
  });

  test('and a test of a file that has not changed says nothing', () => {
    expect(kind({ codeChanged: false, check: check(0) })).toBe('failed');
  });
});

describe('where everything is', () => {
  const sharesIn = (of: Progress, known: Known) => {
    const figures = figuresOf(textIn(['en']), {
      progress: of,
      graph: graphIn('en'),
      findings: known.findings,
      repaired: known.repaired ?? 0,
    });
    return sharesOf(figures).map(({ part, count }) => `${count} ${part}`);
  };

  test('adds up, with those at fault apart from those that only wait with them', () => {
    expect(sharesIn(stopped, {})).toEqual(['2701 done', '500 failed']);
    expect(sharesIn(stopped, { findings })).toEqual(['2701 done', '490 held', '10 fault']);
    const other = { ...findings, counts: { ...findings.counts, waiting: 489 } };
    // Of another moment: it would not add up.
    expect(sharesIn(stopped, { findings: other })).toEqual(['2701 done', '500 failed']);
  });

  test('tells what was done the first time from what was repaired', () => {
    expect(sharesIn(progress('completed', { total: 3_201, succeeded: 3_201 }), { repaired: 500 })).toEqual([
      '2701 first',
      '500 repaired',
    ]);
  });
});
