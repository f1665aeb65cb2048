import { describe, expect, test } from 'vitest';
import { frameLines } from '../../renderer/model/code-frame.ts';
import { END, START } from '../../renderer/model/graph/plan.ts';
import { planOf } from '../../renderer/model/graph/planner.ts';
import { graphSource } from '../../renderer/model/graph/graph-source.ts';
import { graphOf, films } from './graph-fixtures.ts';

describe('what is shown', () => {
  const files = [
    { file: 'films.ts', graphs: [films] },
    { file: 'bad.ts', graphs: [], problem: { name: 'LoadError', message: 'no' } },
  ];
  const nothing = { workflow: undefined, runId: undefined, detail: undefined, runs: [], workspace: { files } };

  test('the graph of the run, else of the workflow, else why there is none', () => {
    expect(graphSource(nothing)).toEqual({ key: '', file: undefined, graph: undefined, problem: undefined });
    expect(graphSource({ ...nothing, workflow: { file: 'films.ts', workflow: 'films' } })).toMatchObject({
      graph: films,
      problem: undefined,
    });
    expect(graphSource({ ...nothing, workflow: { file: 'bad.ts', workflow: '' } })).toMatchObject({
      graph: undefined,
      problem: { message: 'no' },
    });
    const ofRun = { ...films, name: 'As it ran' };
    expect(
      graphSource({
        ...nothing,
        workflow: { file: 'films.ts', workflow: 'films' },
        runId: 4,
        detail: { graph: ofRun },
      }),
    ).toMatchObject({ graph: ofRun });
  });

  test("a run that is being opened has its workflow's graph and camera already", () => {
    const opening = graphSource({ ...nothing, runId: 4, runs: [{ run: 4, file: 'films.ts', workflow: 'films' }] });
    expect(opening).toMatchObject({
      graph: films,
      key: graphSource({ ...nothing, workflow: { file: 'films.ts', workflow: 'films' } }).key,
    });
  });

  test('code frames are read line by line', () => {
    expect(frameLines('  30 |   a\n> 31 |   b\n     |   ^\n  32 |')).toEqual([
      { number: '30', text: '  a', marked: false },
      { number: '31', text: '  b', marked: true },
      { number: '', text: '  ^', marked: true },
      { number: '32', text: '', marked: false },
    ]);
  });

  test('the plan of an empty workflow is its payload and its result', () => {
    expect([...planOf(graphOf()).nodes.keys()]).toEqual([START, END]);
  });
});
