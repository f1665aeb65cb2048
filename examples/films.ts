/*
 * Cleans a list of 3,201 films in batches of 100. Real mistakes in the list make five batches fail.
 *
 * 1. `npm run cronflow -- run examples/films.ts`: five of the 33 batches fail. It prints the number of the run, here 1.
 * 2. `npm run cronflow -- find 1`: names the ten films at fault. Nine have a number for a title (1776, 1941, 300 …): the
 *    list stores these titles as numbers, not as texts. One film has no title.
 * 3. Change one line, the one marked with "<--", to
 *        title: String(film.Title ?? 'Untitled').trim(),
 * 4. `npm run cronflow -- rerun 1`: only the five failed batches run again. The other 28 stay as they are, and the same
 *    run continues with its report.
 */
import { readFile } from 'node:fs/promises';
import { cronflow } from 'cronflow';

/** A film as the list has it. The type says that every title is a text. The first run shows that this is wrong. */
interface ListedFilm {
  readonly Title: string;
  readonly 'Release Date': string;
  readonly 'Production Budget': number | null;
  readonly 'Worldwide Gross': number | null;
}

/** A cleaned film. Money is in dollars; null means unknown. */
interface Film {
  readonly title: string;
  readonly released: Date;
  readonly budget: number | null;
  readonly takings: number | null;
}

/** The result of one batch. */
interface CleanedBatch {
  readonly films: readonly Film[];
  readonly takings: number;
  /** Titles of the films whose takings are unknown. */
  readonly withoutTakings?: readonly string[];
}

const LIST = new URL('../data/movies.json', import.meta.resolve('vega-datasets'));

cronflow
  .define({
    id: 'films',
    name: 'Clean up the film list',
    description: 'Cleans the titles, release dates and money of 3,201 films, and reports what they earned in cinemas.',
    // For `cronflow demo` and *Start demo*: slowly, and with an archive that does not answer until it is asked again.
    demo: {
      pace: '500ms',
      fail: [{ step: 'clean/tidy', batches: [4, 17, 25], error: 'The film archive does not answer' }],
    },
    // What the presentation shows of the report.
    present: ({ films, takings, best }: { films: number; takings: number; best: string[] }) => ({
      headline: `Most successful: ${best.at(0)}`,
      facts: [
        { label: 'Films', value: films },
        { label: 'Earned in cinemas', value: dollars(takings) },
      ],
    }),
  })
  .step({ id: 'read', title: 'Read the list' }, async ctx => {
    const films = JSON.parse(await readFile(LIST, 'utf8')) as ListedFilm[];
    // The mistakes of the list are for a developer: no re-run heals them, so a demo goes without.
    return ctx.run.isDemo ? films.map(film => ({ ...film, Title: String(film.Title ?? 'Untitled') })) : films;
  })
  .batch(
    {
      id: 'clean',
      title: 'Clean the films',
      description: '100 films in each batch, four batches at a time. A failed batch does not stop the others.',
      unit: ['film', 'films'],
      label: (film: ListedFilm) => film.Title ?? 'Untitled',
      explain: inPlainWords,
    },
    { items: ctx => ctx.steps.read.output, size: 100, concurrency: 4 },
    (films, flow) => {
      flow
        .step(
          { id: 'tidy', title: 'Tidy titles, dates and money' },
          () =>
            films.map((film): Film => ({
              title: film.Title.trim(), // <--
              released: readDate(film['Release Date']),
              budget: readMoney(film['Production Budget']),
              takings: readMoney(film['Worldwide Gross']),
            })),
          // It changes nothing outside the run, so `cronflow find` may execute it without asking.
          { pure: true },
        )
        // The delay has only one purpose: you can watch the batches run.
        .delay('250ms')
        .if({ id: 'all-known', title: 'Are all takings known?' }, ctx => ctx.last.every(film => film.takings !== null))
        .step({ id: 'add', title: 'Add up the takings' }, ctx => addUp(ctx.last), { pure: true })
        .else()
        .step(
          { id: 'add-known', title: 'Add up the known takings and list the gaps' },
          ctx => ({
            ...addUp(ctx.last),
            withoutTakings: ctx.last.filter(film => film.takings === null).map(film => film.title),
          }),
          { pure: true },
        )
        .endIf()
        .action({ id: 'count', title: 'Count the films' }, ctx => ctx.state.incr('films-cleaned', films.length), {
          pure: true,
        });
    },
  )
  .step({ id: 'report', title: 'Write the report' }, async ctx => {
    const films: Film[] = [];
    const withoutTakings: string[] = [];
    let takings = 0;
    for await (const { output: batch } of ctx.results<CleanedBatch>('clean')) {
      films.push(...batch.films);
      withoutTakings.push(...(batch.withoutTakings ?? []));
      takings += batch.takings;
    }
    films.sort((a, b) => a.released.getTime() - b.released.getTime());
    const years = [films.at(0), films.at(-1)].map(film => film?.released.getUTCFullYear());
    const best = films.toSorted((a, b) => (b.takings ?? 0) - (a.takings ?? 0)).slice(0, 3);
    const podium = best.map(film => `${film.title} (${dollars(film.takings ?? 0)})`).join(', ');

    console.log(
      `${films.length.toLocaleString('en')} films from ${years.join(' to ')} earned ${dollars(takings)} in cinemas.`,
    );
    console.log(`The most successful: ${podium}.`);
    console.log(`The takings of ${withoutTakings.length} films are unknown.`);
    return { films: films.length, takings, withoutTakings, best: best.map(film => film.title) };
  });

const LIST_IS_OF = 2011;

/** Reads `Jun 12 1998`. The list once had two-digit years, so a few old films are a century late: Fantasia has 2040. */
function readDate(text: string): Date {
  const date = new Date(`${text} UTC`);
  if (Number.isNaN(date.getTime())) throw new Error(`"${text}" is not a date`);
  if (date.getUTCFullYear() > LIST_IS_OF) date.setUTCFullYear(date.getUTCFullYear() - 100);
  return date;
}

/** The list has 0 where the amount is unknown. */
function readMoney(amount: number | null): number | null {
  return amount === 0 ? null : amount;
}

function addUp(films: readonly Film[]): CleanedBatch {
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

/** Explains an error to people who do not read code. */
function inPlainWords(error: Error): string {
  if (/trim is not a function/.test(error.message)) {
    return 'The title is a number, not words.';
  }
  if (/reading 'trim'/.test(error.message)) return 'The title is missing.';
  return error.message;
}
