import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { Bench, workflow } from '../support/runs.ts';

function* films() {
  yield* ['Vertigo', 'Psycho'];
}

test.each<[string, () => Iterable<unknown> | AsyncIterable<unknown>]>([
  ['a generator', films],
  ['an iterator', () => ['Vertigo', 'Psycho'].values()],
  ['a stream', () => Readable.from(['Vertigo', 'Psycho'])],
])('%s that two batches share is an error that says what to do', async (_of, make) => {
  const shared = make();
  const seen: unknown[] = [];
  const summary = await new Bench().run(
    workflow(flow =>
      flow.forEach('shelf', [1, 2], (_shelf, inner) =>
        inner.forEach('film', shared as never, (film, innermost) =>
          innermost.step('see', () => {
            seen.push(film);
          }),
        ),
      ),
    ),
  );
  expect(summary.status).toBe('failed');
  expect(summary.batches).toMatchObject({ failed: 1 });
  expect(summary.error?.message).toContain('Give a function that makes a new one: items: () => …');
  expect(seen).toEqual(['Vertigo', 'Psycho']);
});

test('a function makes a new one for each, and arrays and sets are read as often as one likes', async () => {
  for (const items of [films, ['a', 'b'], new Set(['a', 'b'])]) {
    const { status, batches } = await new Bench().run(
      workflow(flow =>
        flow.forEach('shelf', [1, 2], (_shelf, inner) =>
          inner.forEach('film', items as never, (_film, innermost) => innermost.step('see', () => 1)),
        ),
      ),
    );
    expect(status).toBe('completed');
    expect(batches.failed).toBe(0);
  }
});
