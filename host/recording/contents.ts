import { BATCH, counted, number } from '../../common/format.ts';
import type { ContentLine } from '../api/recording.ts';
import { WHOLE_VALUE } from './answers.ts';

export interface Counted {
  readonly hasValues: boolean;
  readonly batches: number;
  /** Of them, how many failed. */
  readonly failed: number;
  /** With all that is known of them. */
  readonly details: number;
  readonly failedDetails: number;
  readonly logLines: number;
  readonly logLinesLeft: number;
  readonly causes: number;
  readonly steps: number;
}

/** What is in a file, in words, before anybody is given it. */
export function contentsOf(counts: Counted): ContentLine[] {
  const { hasValues } = counts;
  const line = (what: string, how: ContentLine['how'], detail: string): ContentLine => ({ what, how, detail });
  const dots = 'Words that do not stand in the workflow’s code, and all numbers, are dots.';
  const typed = (what: string) => `Of each value its type and its length. ${what}`;
  const byChoice = (what: string, detail: string) =>
    line(what, hasValues ? 'in it' : 'not in it', hasValues ? 'As they are in the run.' : detail);
  return [
    line('The workflow', 'in it', 'Its name, its description, and the names and settings of its steps, as a drawing.'),
    line(
      'Batches',
      'in it',
      `${counted(counts.batches, BATCH)}: status, number of items, attempts, and when each began and ended.`,
    ),
    line(
      'Batches with all details',
      'in it',
      counts.details === counts.batches
        ? 'All of them can be opened.'
        : `${number(counts.details)} can be opened: ${number(counts.failedDetails)} of ${counted(counts.failed, ['failed one', 'failed ones'])}, and a sample of the others.`,
    ),
    line(
      'Causes and messages of errors',
      hasValues ? 'in it' : 'hidden',
      `${counted(counts.causes, ['cause', 'causes'])}. ${hasValues ? 'As they are in the run, with stacks.' : dots}`,
    ),
    line(
      'Logs',
      hasValues ? 'in it' : 'hidden',
      `${counted(counts.logLines, ['line', 'lines'])}${counts.logLinesLeft > 0 ? `, the last ones and those of batches with details; ${number(counts.logLinesLeft)} are not in it` : ''}. ${hasValues ? 'As they are in the run.' : dots}`,
    ),
    line(
      'Payload, items, outputs, state and the result',
      hasValues ? 'in it' : 'hidden',
      hasValues
        ? `As they are in the run, of the batches with all details; of a value of more than ${number(WHOLE_VALUE)} characters, its beginning.`
        : typed('None says what it is.'),
    ),
    byChoice('Source code', 'The file names and lines of errors are in it.'),
    byChoice('Names of batches, the name and the note of the run', 'Batches have their numbers.'),
    byChoice('What items at fault have in common, and amounts', 'They are made of values.'),
    byChoice('Who ran it and who changed items', 'No names of people are in it.'),
    byChoice('Names of machines that executed batches', 'Machines have numbers.'),
    line('Folders', 'not in it', 'Files are named as in the workspace, without where it lies.'),
    line('Other runs', 'not in it', 'Nothing of them, nor of the runs that its steps have started (subflow).'),
  ];
}
