import { describe, expect, test } from 'vitest';
import { presentedBy } from '../../engine/run/present.ts';
import { WorkflowError } from '../../engine/workflow/errors.ts';
import { Bench, workflow } from '../support/runs.ts';

/* `present` of a workflow: what its result says to people. */

function presented(present: (result: never) => unknown, result: unknown = { sent: 3 }) {
  const warnings: string[] = [];
  return { said: presentedBy(present, result, text => warnings.push(text)), warnings };
}

describe('present', () => {
  test('makes a sentence and facts of the result', () => {
    const { said, warnings } = presented(({ sent }: { sent: number }) => ({
      headline: `${sent} letters are on their way.`,
      facts: [
        { label: 'Sent', value: sent },
        { label: 'By', value: 'post' },
      ],
    }));
    expect(said).toEqual({
      headline: '3 letters are on their way.',
      facts: [
        { label: 'Sent', value: 3 },
        { label: 'By', value: 'post' },
      ],
    });
    expect(warnings).toEqual([]);
    expect(presented(() => ({})).said).toEqual({ facts: [] });
  });

  test.each<[string, () => unknown, string]>([
    ['throws', () => fail('no such member'), 'present failed: no such member'],
    ['returns a text', () => 'done', 'it returned "done"'],
    ['is asynchronous', () => Promise.resolve({ headline: 'x' }), 'it returned a promise'],
    ['has a headline that is none', () => ({ headline: 5 }), 'headline is 5. It is a text'],
    ['has facts that are none', () => ({ facts: 'many' }), 'facts is "many"'],
    ['has a fact without a value', () => ({ facts: [{ label: 'x' }] }), 'facts[0].value is undefined'],
    ['has a value that is no number', () => ({ facts: [{ label: 'x', value: NaN }] }), 'facts[0].value is NaN'],
  ])('that %s is a warning, and nothing is presented', (_what, present, why) => {
    const { said, warnings } = presented(present);
    expect(said).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(why) as string]);
    expect(warnings[0]).toContain('The run has ended as it has.');
  });

  test('is stored with the end of the run, and gone when a re-run does not come to its end', async () => {
    const bench = new Bench();
    let fails = false;
    const flow = () =>
      workflow(
        chain =>
          chain
            .batch('work', { items: [1, 2], size: 1 }, (items, inner) => {
              inner.step('do', () => {
                if (fails) throw new Error('no');
                return items;
              });
            })
            .step('sum', () => ({ sum: 3 })),
        { present: ({ sum }: { sum: number }) => ({ facts: [{ label: 'Sum', value: sum }] }) },
      );
    const { run, status } = await bench.run(flow());
    expect(status).toBe('completed');
    const stored = () =>
      bench.db.prepare<[number], { presented: string | null }>('select presented from runs where id = ?').get(run)
        ?.presented;
    expect(JSON.parse(stored() ?? 'null')).toEqual({ facts: [{ label: 'Sum', value: 3 }] });
    fails = true;
    await bench.rerun(flow(), run, { batches: 'all' });
    expect(stored()).toBeNull();
  });

  test('that is no function is refused when the file is loaded', () => {
    expect(() => workflow(chain => chain.step('a', () => 1), { present: { headline: 'x' } })).toThrow(WorkflowError);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
