/*
 * Reads 200,000 flights as a stream and finds the best hour of the day to fly.
 *
 *   npm run cronflow -- run examples/flights.ts
 *
 * The whole file is never in memory: the stream is read only as fast as batches can run. Stop the run with Ctrl-C and
 * continue it with `rerun`, or kill it and continue it with `resume`. It reads on from the flight where it stopped.
 */
import { createReadStream } from 'node:fs';
import { cronflow } from 'cronflow';

interface Flight {
  /** Minutes; negative when the flight was early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  /** Hour of the day: 17.5 is half past five in the afternoon. */
  readonly time: number;
}

/** The sums of some flights of one hour of the day. */
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
    demo: {
      pace: '400ms',
      fail: [{ step: 'measure/by-hour', share: 0.03, error: 'The archive of flights was locked' }],
    },
  })
  .batch(
    {
      id: 'measure',
      title: 'Measure the delays',
      description: '1,000 flights in each batch, eight batches at a time.',
      unit: ['flight', 'flights'],
    },
    { items: ctx => flightsFrom(ctx.resume.offset), size: 1_000, concurrency: 8 },
    (flights, flow) => {
      // Each batch returns 24 small sums, and the next step adds them up. A common total in `ctx.state` would be
      // correct too (with `update`), but every batch would write it again.
      flow.step({ id: 'by-hour', title: 'Sort the flights by hour' }, () => flights.reduce(noteFlight, noHours()));
    },
  )
  .step({ id: 'total', title: 'Add up the batches' }, async ctx => {
    const total = noHours();
    for await (const { output: hours } of ctx.results<Hour[]>('measure')) {
      for (const [hour, sums] of hours.entries()) addHour(total[hour], sums);
    }
    return total;
  })
  .step({ id: 'answer', title: 'Say when to fly' }, ctx => {
    // Only a few flights leave after midnight: too few to say something about their hour.
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

/** Reads the flights of the file from `offset` on, one by one. */
async function* flightsFrom(offset: number): AsyncGenerator<Flight> {
  let passed = 0;
  let text = '';
  for await (const chunk of createReadStream(FLIGHTS, 'utf8')) {
    text += String(chunk);
    let end = 0;
    // The file is one array of flat objects: each flight is the text between two braces.
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
