import type { Args, Timeline } from '../../../host/api/api.ts';

/** A stretch of the timeline of a recording: its bars; of bands, which were counted once for all of it, the columns of that stretch. */
export function stretchOf(
  whole: Timeline,
  { from = whole.from, to = whole.to }: Pick<Args<'getTimeline'>, 'from' | 'to'>,
): Timeline {
  const end = Math.max(to, from + 1);
  const columnsOf = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> => {
    const perColumn = (whole.to - whole.from) / Math.max(1, values.length);
    const [first, last] = [from, end].map(time => Math.round((time - whole.from) / perColumn));
    return values.slice(Math.max(0, first ?? 0), Math.max((first ?? 0) + 1, last ?? 0));
  };
  return {
    ...whole,
    from,
    to: end,
    bars: whole.bars.filter(bar => bar.to >= from && bar.from <= end),
    bands: whole.bands.map(band => ({ ...band, running: columnsOf(band.running), failed: columnsOf(band.failed) })),
    gaps: whole.gaps.filter(([begin, finish]) => finish > from && begin < end),
  };
}
