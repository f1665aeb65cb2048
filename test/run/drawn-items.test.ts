import { expect, test } from 'vitest';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { workflow } from '../support/runs.ts';

const bodyOf = (build: Parameters<typeof workflow>[0]) => drawGraph(workflow(build)).nodes[0]?.body;
const DRAWN = { drawn: true, nodes: [{ id: 'pick', title: 'Take from the shelf' }] };
const pick = { id: 'pick', title: 'Take from the shelf' };
const articles = [{ name: 'lamp' }];

test('a body that takes its item apart is drawn with the titles of its steps', () => {
  expect(
    bodyOf(flow => flow.forEach('each', articles, ({ name }, inner) => inner.step(pick, () => name))),
  ).toMatchObject(DRAWN);
  expect(
    bodyOf(flow =>
      flow.forEach('each', articles, function each({ name }, inner) {
        inner.step(pick, () => name);
      }),
    ),
  ).toMatchObject(DRAWN);
  expect(
    bodyOf(flow => flow.forEach('each', [['lamp']], ([name], inner) => inner.step(pick, () => name))),
  ).toMatchObject(DRAWN);
});

test('a body that needs its item all the same is drawn from what runs', () => {
  expect(
    bodyOf(flow => flow.forEach('each', articles, ({ name }, inner) => inner.step(name.toUpperCase(), () => name))),
  ).toMatchObject({ drawn: false });
  expect(
    bodyOf(flow => flow.forEach('each', articles, (article, inner) => inner.step(article.name, () => article))),
  ).toMatchObject({ drawn: false });
});
