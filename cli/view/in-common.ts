import type { Database } from 'better-sqlite3';
import { oneLine } from '../../common/safe-text.ts';
import { stretch } from '../../engine/run/in-common/chance.ts';
import { inCommon, type Statement } from '../../engine/run/in-common/in-common.ts';
import { sentence, stretchSentence } from '../../engine/run/in-common/sentence.ts';
import { nodesWithFindings } from '../../engine/store/findings.ts';
import { comparedItems } from '../../engine/store/sampled-items.ts';
import type { Titles } from './titles.ts';

const LONGEST_SENTENCE = 400;

/** What the items at fault of a node have in common, in sentences; a stretch of the source comes first. */
interface InCommon {
  readonly node: string;
  readonly sentences: readonly string[];
  readonly statements: readonly Statement[];
}

function inCommonOf(db: Database, run: number, titles: Titles): InCommon[] {
  return nodesWithFindings(db, run).map(node => {
    const { atFault, positions, rest, restInAll, total } = comparedItems(db, run, node);
    const figures = { atFault: atFault.length, others: rest.length, unit: titles.batch(node).unit };
    const statements = inCommon(atFault, rest, restInAll);
    const close = stretch(positions, total);
    const sentences = statements.map(statement => sentence(statement, figures));
    return { node, statements, sentences: close ? [stretchSentence(close, figures), ...sentences] : sentences };
  });
}

/** For people, below the items at fault. */
export function inCommonText(db: Database, run: number, titles: Titles): string[] {
  return inCommonOf(db, run, titles).flatMap(({ sentences }) =>
    sentences.map(text => `  ${oneLine(text, LONGEST_SENTENCE)}`),
  );
}

/** An event for each node of which something is said. */
export function inCommonEvents(db: Database, run: number, titles: Titles): object[] {
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
