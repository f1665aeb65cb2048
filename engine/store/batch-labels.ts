import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

interface LabelsOfPage {
  readonly firstScope: number;
  readonly batches: number;
  /** JSON of a list of texts and null. */
  readonly labels: string | null;
}

/** What the author calls a batch, if anything. */
export interface BatchLabel {
  readonly label?: string;
}

/** Tells what the author calls batches of one item: see ItemPage. Has the page it read last, as batches are asked for in order. */
export function batchLabels(db: Database, run: number): (scope: number) => BatchLabel {
  let page: LabelsOfPage | undefined;
  let labels: readonly unknown[] = [];
  return scope => {
    if (!page || scope < page.firstScope || scope >= page.firstScope + page.batches) {
      page = prepared<[number, number], LabelsOfPage>(
        db,
        `select first_scope as firstScope, batches, labels from item_pages
          where run = ? and first_scope <= ? order by first_scope desc limit 1`,
      ).get(run, scope);
      labels = parsed(page?.labels);
    }
    const label = page && labels[scope - page.firstScope];
    return typeof label === 'string' ? { label } : {};
  };
}

/** A name that is damaged is none: the batch has its number. */
function parsed(json: string | null | undefined): readonly unknown[] {
  if (json === null || json === undefined) return [];
  try {
    const labels: unknown = JSON.parse(json);
    return Array.isArray(labels) ? labels : [];
  } catch {
    return [];
  }
}
