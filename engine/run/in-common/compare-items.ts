import type { Unit } from '../../../common/format.ts';
import { nodesWithFindings } from '../../store/findings.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { comparedItems } from '../../store/sampled-items.ts';
import { stretch } from './chance.ts';
import { fieldsOf, histogramOf, type Histogram } from './histogram.ts';
import { inCommon, type Statement } from './in-common.ts';
import { sentence, stretchSentence } from './sentence.ts';

/** What the items at fault of a node have in common, in sentences; a stretch of the source comes first. */
export interface InCommon {
  /** Node path. */
  readonly node: string;
  readonly sentences: readonly string[];
  readonly statements: readonly Statement[];
  /** How many items at fault were compared with how many others. */
  readonly atFault: number;
  readonly others: number;
}

/** For each node with items at fault. @param unitOf What the items of a node are called */
export function inCommonOfRun(db: StoreDatabase, run: number, unitOf: (node: string) => Unit): InCommon[] {
  return nodesWithFindings(db, run).map(node => {
    const { atFault, positions, rest, restInAll, total } = comparedItems(db, run, node);
    const figures = { atFault: atFault.length, others: rest.length, unit: unitOf(node) };
    const statements = inCommon(atFault, rest, restInAll);
    const close = stretch(positions, total);
    const said = statements.map(statement => sentence(statement, figures));
    return {
      node,
      statements,
      sentences: close ? [stretchSentence(close, figures), ...said] : said,
      atFault: atFault.length,
      others: rest.length,
    };
  });
}

/** The fields that the items of a node have. */
export function comparedFields(db: StoreDatabase, run: number, node: string): string[] {
  const { atFault, rest } = comparedItems(db, run, node);
  return fieldsOf(atFault, rest);
}

/** Which values a field has in the items at fault, and in the others. */
export function comparedValues(db: StoreDatabase, run: number, node: string, field: string): Histogram {
  const { atFault, rest } = comparedItems(db, run, node);
  return histogramOf(field, atFault, rest);
}
