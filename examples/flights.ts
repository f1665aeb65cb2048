/*
 * Reads 200,000 flights as a stream and says at which hour of the day one had better fly.
 *
 *   npm run cronflow -- run examples/flights.ts
 *
 * The file is never in memory as a whole: flights are read only as far as groups of them are waited for. Stop it with
 * Ctrl-C and go on with `rerun`, or kill it and go on with `resume`: it reads on from the flight where it had stopped.
 */
import { createReadStream } from 'node:fs';
import { cronflow } from 'cronflow';

interface Flight {
  /** Minutes; below zero when it was early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** Hour of the day, 17.5 for half past five in the afternoon. */
  readonly time: number;
}

/** What some flights of one hour of the day come to. */
interface Hour {
  flights: number;
  late: number;
  delay: number;
}

const FLIGHTS = new URL('../data/flights-200k.json', import.meta.resolve('vega-datasets'));
const LATE_FROM = 15;

cronflow
  .define({
    id: 'flights',
    name: 'When to fly',
    description: 'Measures the delay of 200,000 flights in the United States by the hour of the day.',
  })
  .batch(
    {
      id: 'measure',
      title: 'Measure the delays',
      description: 'A thousand flights at a time, eight groups side by side.',
      unit: ['flight', 'flights'],
    },
    { items: ctx => flightsFrom(ctx.resume.offset), size: 1_000, concurrency: 8 },
    (flights, flow) => {
      // Each group leaves 24 small sums, which the next step adds up. A common total in `ctx.state` would be
      // right as well (with `update`), but it would be rewritten for each group.
      flow.step({ id: 'by-hour', title: 'Sort them by the hour of the day' }, () =>
        flights.reduce(noteFlight, noHours()),
      );
    },
  )
  .step({ id: 'total', title: 'Add the groups up' }, async ctx => {
    const total = noHours();
    for await (const { output: hours } of ctx.results<Hour[]>('measure')) {
      for (const [hour, sums] of hours.entries()) addHour(total[hour], sums);
    }
    return total;
  })
  .step({ id: 'answer', title: 'Say when to fly' }, ctx => {
    // A few flights after midnight say little about their hour.
    const hours = ctx.last
      .map((sums, hour) => ({ hour, ...sums, average: sums.delay / sums.flights }))
      .filter(({ flights }) => flights >= 1_000);
    for (const { hour, flights, late, average } of hours) {
      const bar = '█'.repeat(Math.max(0, Math.round(average)));
      console.log(
        `${clock(hour)}  ${average.toFixed(1).padStart(5)} min  ${percent(late / flights).padStart(4)} late  ${bar}`,
      );
    }
    const sorted = hours.toSorted((a, b) => a.average - b.average);
    const [best, worst] = [sorted.at(0), sorted.at(-1)];
    if (!best || !worst) throw new Error('There are no flights');
    const [good, bad] = [best, worst].map(({ hour, average }) => `${clock(hour)} (on average ${inWords(average)})`);
    console.log(`Fly at ${good}, not at ${bad}.`);
    return { flights: ctx.last.reduce((sum, { flights }) => sum + flights, 0), best, worst };
  });

/** The flights of the file from a place on, as they are asked for. */
async function* flightsFrom(offset: number): AsyncGenerator<Flight> {
  let passed = 0;
  let text = '';
  for await (const chunk of createReadStream(FLIGHTS, 'utf8')) {
    text += String(chunk);
    let end = 0;
    // One array of flat objects: each flight is what stands between two braces.
    for (const { 0: flight, index } of text.matchAll(/\{[^}]*\}/g)) {
      end = index + flight.length;
      passed += 1;
      if (passed > offset) yield JSON.parse(flight) as Flight;
    }
    text = text.slice(end);
  }
}

function noHours(): Hour[] {
  return Array.from({ length: 24 }, () => ({ flights: 0, late: 0, delay: 0 }));
}

function noteFlight(hours: Hour[], { time, delay }: Flight): Hour[] {
  addHour(hours[Math.floor(time)], { flights: 1, late: delay >= LATE_FROM ? 1 : 0, delay });
  return hours;
}

function addHour(to: Hour | undefined, sums: Hour): void {
  if (!to) throw new Error('A day has 24 hours');
  to.flights += sums.flights;
  to.late += sums.late;
  to.delay += sums.delay;
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function inWords(minutes: number): string {
  return `${Math.abs(minutes).toFixed(1)} minutes ${minutes < 0 ? 'early' : 'late'}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
