import { expect, test } from 'vitest';
import type { Graph, WorkflowFile } from '../../host/api/api.ts';
import { byFolder, entriesOf, MANY, matching } from '../../renderer/model/workflow-entries.ts';

const file = (name: string, ...ids: string[]): WorkflowFile => ({
  file: name,
  graphs: ids.map(id => ({ id, name: id.toUpperCase(), nodes: [] }) as unknown as Graph),
});
const many = Array.from({ length: MANY }, (_, at) => file(`jobs/${at}.ts`, `job-${at}`));

test('few workflows are one list, many are by folder, the workspace itself first', () => {
  const few = entriesOf([file('a.ts', 'a'), file('x/b.ts', 'b')]);
  expect(byFolder(few)).toEqual([{ folder: '', entries: few }]);
  const folders = byFolder(entriesOf([...many, file('a.ts', 'a'), file('jobs/night/c.ts', 'c')]));
  expect(folders.map(({ folder, entries }) => [folder, entries.length])).toEqual([
    ['', 1],
    ['jobs', MANY],
    ['jobs/night', 1],
  ]);
});

test('a filter finds by name, id and path, each of its words', () => {
  const entries = entriesOf([...many, file('films.ts', 'clean-up'), { file: 'broken.ts', graphs: [] }]);
  const found = (filter: string) => matching(entries, filter).map(entry => entry.file.file);
  expect(found('FILMS')).toEqual(['films.ts']);
  expect(found('clean ts')).toEqual(['films.ts']);
  expect(found('jobs 3')).toEqual(['jobs/3.ts']);
  expect(found('broken')).toEqual(['broken.ts']);
  expect(found('')).toHaveLength(MANY + 2);
  expect(found('films jobs')).toEqual([]);
});
