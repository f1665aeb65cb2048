/*
 * Cleans a list of 3,201 films in groups of 100, and fails on what is really in it.
 *
 * 1. npm run cronflow -- run examples/films.ts
 *    Five of the 33 groups fail. Nine films are called by a number (1776, 1941, 300 …) and the list has those
 *    as numbers, not as texts; one film has no title at all.
 * 2. Change one line, the one marked with "<--": it becomes
 *        title: String(film.Title ?? 'Untitled').trim(),
 * 3. npm run cronflow -- rerun 1 --store examples/.cronflow/runs.db
 *    (1 is the number of the run; the end of step 1 says it.) Only those five groups are done again, the other 28
 *    stay as they are, and the same run goes on to its report.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { cronflow } from 'cronflow';

/** A film as the list has it. That every title is a text is what one believes until the first run. */
interface ListedFilm {
  readonly Title: string;
  readonly 'Release Date': string;
  readonly 'Production Budget': number | null;
  readonly 'Worldwide Gross': number | null;
}

/** A film as it should be. Money in dollars; null where it is not known. */
interface Film {
  readonly title: string;
  readonly released: Date;
  readonly budget: number | null;
  readonly takings: number | null;
}

/** What a group of films comes to. */
interface Group {
  readonly films: readonly Film[];
  readonly takings: number;
  /** Titles of those of which it is not known, where there are any. */
  readonly withoutTakings?: readonly string[];
}

const LIST = new URL('../data/movies.json', import.meta.resolve('vega-datasets'));
const LIST_IS_OF = 2011;

cronflow
  .define({
    id: 'films',
    name: 'Clean up the film list',
    description: 'Tidies titles, release dates and money of 3,201 films, and says what they took in the cinemas.',
  })
  .step({ id: 'read', title: 'Read the list' }, async () => JSON.parse(await readFile(LIST, 'utf8')) as ListedFilm[])
  .batch(
    {
      id: 'clean',
      title: 'Clean the films',
      description: 'A hundred films at a time, four groups side by side. A group that fails stops none of the others.',
      unit: ['film', 'films'],
      explain: inPlainWords,
    },
    { items: ctx => ctx.steps.read.output, size: 100, concurrency: 4 },
    (films, flow) => {
      flow
        .step({ id: 'tidy', title: 'Tidy titles, dates and money' }, async ctx => {
          // There is nothing to wait for: this is only so that you can watch it work.
          await wait(250, undefined, { signal: ctx.signal });
          return films.map((film): Film => ({
            title: film.Title.trim(), // <--
            released: readDate(film['Release Date']),
            budget: readMoney(film['Production Budget']),
            takings: readMoney(film['Worldwide Gross']),
          }));
        })
        .if({ id: 'all-known', title: 'Are the takings of all of them known?' }, ctx =>
          ctx.last.every(film => film.takings !== null),
        )
        .step({ id: 'add', title: 'Add up the takings' }, ctx => addUp(ctx.last))
        .else()
        .step({ id: 'add-known', title: 'Add up what is known, and note the gaps' }, ctx => ({
          ...addUp(ctx.last),
          withoutTakings: ctx.last.filter(film => film.takings === null).map(film => film.title),
        }))
        .endIf()
        .action({ id: 'count', title: 'Keep count' }, ctx => ctx.state.incr('films-cleaned', films.length));
    },
  )
  .step({ id: 'report', title: 'Write the report' }, async ctx => {
    const films: Film[] = [];
    const withoutTakings: string[] = [];
    let takings = 0;
    for await (const { output: group } of ctx.results<Group>('clean')) {
      films.push(...group.films);
      withoutTakings.push(...(group.withoutTakings ?? []));
      takings += group.takings;
    }
    films.sort((a, b) => a.released.getTime() - b.released.getTime());
    const years = [films.at(0), films.at(-1)].map(film => film?.released.getUTCFullYear());
    const best = films.toSorted((a, b) => (b.takings ?? 0) - (a.takings ?? 0)).slice(0, 3);
    const podium = best.map(film => `${film.title} (${dollars(film.takings ?? 0)})`).join(', ');

    console.log(
      `${films.length.toLocaleString('en')} films from ${years.join(' to ')} took ${dollars(takings)} in the cinemas.`,
    );
    console.log(`The most successful: ${podium}.`);
    console.log(`Of ${withoutTakings.length} films it is not known what they took.`);
    return { films: films.length, takings, withoutTakings, best: best.map(film => film.title) };
  });

/** `Jun 12 1998`. A few old films are listed a century late, such as Fantasia of 2040: the list once had years of two digits. */
function readDate(text: string): Date {
  const date = new Date(`${text} UTC`);
  if (Number.isNaN(date.getTime())) throw new Error(`"${text}" is not a date`);
  if (date.getUTCFullYear() > LIST_IS_OF) date.setUTCFullYear(date.getUTCFullYear() - 100);
  return date;
}

/** The list has 0 where nobody knows. */
function readMoney(amount: number | null): number | null {
  return amount === 0 ? null : amount;
}

function addUp(films: readonly Film[]): Group {
  return { films, takings: films.reduce((sum, film) => sum + (film.takings ?? 0), 0) };
}

function dollars(amount: number): string {
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: 'USD',
    notation: 'compact',
    maximumFractionDigits: 1,
  });
  return format.format(amount);
}

/** What to tell people who do not read code. */
function inPlainWords(error: Error): string {
  if (/trim is not a function/.test(error.message)) {
    return 'A film in this group is called by a number, such as 1941 or 300. A text was expected.';
  }
  if (/reading 'trim'/.test(error.message)) return 'A film in this group has no title.';
  return error.message;
}
