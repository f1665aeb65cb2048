import type { Unit } from '../../../common/format.ts';
import type { Part, StageKind } from './stage.ts';
import type { Wording } from './wording.ts';

/*
 * All texts of the presentation, as one table: a language is one file that has each of them (english.ts, german.ts). They
 * speak of what the author calls things, never of attempts or code. What the author calls things stays as it was written.
 */

/** What the sentences count, in the author's unit. */
export interface Figures {
  readonly unit: Unit;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Set aside, with their reasons. */
  readonly aside: number;
  readonly waiting: number;
  readonly cancelled: number;
  /** Whether more may come than `total`. */
  readonly isOpenEnded: boolean;
  /** The step that failed, where no batch did. */
  readonly failedStep: string | undefined;
  readonly left: readonly [number, number] | undefined;
}

/** What trying again will do, as the plan says. */
export interface AgainFigures {
  readonly unit: Unit;
  /** Batches, and what they are called. */
  readonly parts: number;
  readonly as: Part;
  /** Titles of the steps that run after it. */
  readonly next: readonly string[];
  readonly done: number;
}

/** The items that make their batches fail, and how many others wait with them. */
export interface AtFaultFigures {
  readonly unit: Unit;
  readonly items: number;
  readonly waiting: number;
  /** What some of them are called. */
  readonly names: readonly string[];
}

/** A language: its table, written with its figures and plurals. */
export type Language = (wording: Wording) => PresentationText;

export interface PresentationText {
  readonly wording: Wording;
  /** What is counted where the author has said nothing else. */
  readonly item: Unit;
  /** What the region is called, for screen readers. */
  readonly name: string;
  readonly causes: string;
  readonly steps: string;
  readonly close: string;
  /** Of a workflow without a name. */
  readonly ready: string;
  readonly start: string;
  readonly goOn: string;
  /** Above that button. */
  readonly canGoOn: string;
  readonly tryAgain: string;
  readonly doTheOthers: string;
  readonly badge: Readonly<Record<StageKind, string>>;
  /** What happened, in one sentence. */
  readonly headline: Readonly<Record<StageKind, (figures: Figures) => string>>;
  /** What it means, sentence by sentence. */
  readonly meaning: Readonly<Record<StageKind, (figures: Figures) => readonly string[]>>;
  /** While it ends what it has begun, because someone wants it to stop. */
  readonly stopping: { readonly headline: Readonly<Record<'cancelled' | 'paused', string>>; readonly meaning: string };
  /** Who can do what, where nobody here can. */
  readonly correctFirst: { readonly what: string; readonly why: string };
  readonly cannotYet: { readonly what: string; readonly why: string };
  /** It depends on what has become of parts that were renamed or removed. */
  readonly askDeveloper: { readonly what: string; readonly why: string };
  /** Re-runs that were asked for meanwhile: those that wait for their turn, and those that could not start. */
  readonly queued: (counts: { readonly waiting: number; readonly refused: number }) => string;
  /** Who has to be looked at. */
  readonly atFault: (figures: AtFaultFigures) => readonly string[];
  readonly again: (figures: AgainFigures) => readonly string[];
  readonly lost: (updates: number) => { readonly what: string; readonly why: string };
  readonly station: Readonly<Record<'done' | 'working' | 'stopped' | 'waiting' | 'next' | 'paused', string>>;
  readonly parts: (figures: Figures) => string;
  readonly part: Readonly<Record<'done' | 'waiting' | 'failed' | 'aside' | 'cancelled', (count: number) => string>>;
  readonly square: (size: number | undefined, unit: Unit) => string;
  readonly batches: (count: number, as: Part) => string;
  readonly noSquares: string;
  readonly result: string;
  /** What a run that has been tried again did again, and what it did not. */
  readonly repeated: (batches: number, others: number, as: Part) => string;
  readonly started: (at: number) => string;
  readonly announced: (figures: Figures) => string;
}
