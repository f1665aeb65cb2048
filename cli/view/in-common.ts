import type { Database } from 'better-sqlite3';
import { oneLine } from '../../common/safe-text.ts';
import { inCommonOfRun, type InCommon } from '../../engine/run/in-common/compare-items.ts';
import type { CliEvent } from './json.ts';
import type { Titles } from './titles.ts';

const LONGEST_SENTENCE = 400;

function inCommonOf(db: Database, run: number, titles: Titles): InCommon[] {
  return inCommonOfRun(db, run, node => titles.batch(node).unit);
}

/** For people, below the items at fault. */
export function inCommonText(db: Database, run: number, titles: Titles): string[] {
  return inCommonOf(db, run, titles).flatMap(({ sentences }) =>
    sentences.map(text => `  ${oneLine(text, LONGEST_SENTENCE)}`),
  );
}

/** An event for each node of which something is said. */
export function inCommonEvents(db: Database, run: number, titles: Titles): CliEvent[] {
  return inCommonOf(db, run, titles)
    .filter(({ sentences }) => sentences.length > 0)
    .map(({ node, sentences, statements }) => ({
      event: 'in-common',
      node,
      sentences,
      statements: statements.map(({ features, alike, atFault, others }) => ({
        features: features.map(({ path, words }) => ({ path, words })),
        alike: alike.map(({ path, words }) => ({ path, words })),
        atFault,
        others,
      })),
    }));
}
