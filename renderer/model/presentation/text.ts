import type { FormText } from '../payload/form-text.ts';
import type { Unit } from '../../../common/format.ts';
import type { Chapter } from './chapters.ts';
import type { SharePart } from './shares.ts';
import type { Part, StageKind, Station } from './stage.ts';
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
  /** In batches that failed. */
  readonly failed: number;
  /** Set aside, with their reasons. */
  readonly aside: number;
  readonly waiting: number;
  readonly running: number;
  readonly cancelled: number;
  /** Whether more may come than `total`. */
  readonly isOpenEnded: boolean;
  /** How many decisions of people it waits for. */
  readonly decisions: number;
  /** The step that failed, where no batch did. */
  readonly failedStep: string | undefined;
  /** Milliseconds, from and to. */
  readonly left: readonly [number, number] | undefined;
  /** How many a second. */
  readonly rate: number;
  /** Batches at the same time, and what they are called. */
  readonly atATime: number;
  readonly as: Part;
  /** Of those in batches that failed: who has to be corrected, and who only waits with them; only where that is known of all. */
  readonly fault: { readonly items: number; readonly waiting: number } | undefined;
  /** How many of those have been tested with the file as it is now, and how many pass. */
  readonly tested: { readonly passing: number; readonly done: number; readonly total: number } | undefined;
  /** Of those that are done, how many were repaired. */
  readonly repaired: number;
}

/** What trying again will do, as the plan says. */
export interface AgainFigures {
  readonly unit: Unit;
  /** Batches, what they are called, and what is in them. */
  readonly parts: number;
  readonly as: Part;
  readonly items: number;
  /** Titles of the steps that run after it. */
  readonly next: readonly string[];
  readonly done: number;
}

/** Who can do what: a sentence, and what it needs to be understood. */
export interface Who {
  readonly what: string;
  readonly why?: string;
}

/** A figure that is not exact, with what stands before it in small. */
export interface Pace {
  readonly before: string;
  readonly value: string;
}

/** A language: its table, written with its figures and plurals. */
export type Language = (wording: Wording) => PresentationText;

/** What can be done by a key in the presentation, in the order the help lists it. */
export const PRESENTER_KEYS = {
  next: '→',
  back: '←',
  black: 'B',
  fullscreen: 'F',
  notes: 'N',
  close: 'Esc',
  search: 'Ctrl K',
  help: '?',
} as const;
export type PresenterKey = keyof typeof PRESENTER_KEYS;

export interface PresentationText {
  readonly wording: Wording;
  /** What is counted where the author has said nothing else. */
  readonly item: Unit;
  /** What the region is called, for screen readers. */
  readonly name: string;
  readonly causes: string;
  readonly steps: string;
  readonly close: string;
  /** Deletes the demos, so that the next one begins anew. */
  readonly resetDemo: string;
  readonly exported: ExportedText;
  /** Of a workflow without a name. */
  readonly ready: string;
  readonly start: string;
  readonly goOn: string;
  readonly approve: string;
  readonly reject: string;
  /** What waits for a decision, for screen readers. */
  readonly decisions: string;
  readonly tryAgain: string;
  readonly doTheOthers: (others: number, unit: Unit) => string;
  /** `Stopped at 14:32`. @param at Since when, where that is known */
  readonly badge: Readonly<Record<StageKind, (at: number | undefined) => string>>;
  /** What happened, in one sentence. */
  readonly headline: Readonly<Record<StageKind, (figures: Figures) => string>>;
  /** What it means, sentence by sentence. */
  readonly meaning: Readonly<Record<StageKind, (figures: Figures) => readonly string[]>>;
  /** Who can do what; nothing where nobody has to do anything. */
  readonly can: Readonly<Record<StageKind, (figures: Figures) => Who | undefined>>;
  /** Before a click: what it does. */
  readonly oneClick: string;
  readonly cannotYet: Who;
  /** It depends on what has become of parts that were renamed or removed. */
  readonly askDeveloper: Who;
  /** Re-runs that were asked for meanwhile: those that wait for their turn, and those that could not start. */
  readonly queued: (counts: { readonly waiting: number; readonly refused: number }) => string;
  readonly again: (figures: AgainFigures) => readonly string[];
  readonly lost: (updates: number) => Who;
  readonly station: Readonly<Record<Station['state'], string>>;
  /** What a share of the whole is called beside its figure. */
  readonly share: Readonly<Record<SharePart, (count: number) => string>>;
  readonly soFar: (total: string) => string;
  /** In the middle of the arc, above the time of day at which it is done. */
  readonly doneAbout: string;
  /** How many of all, where nobody knows when it is done. */
  readonly percentDone: (part: number, total: number) => string;
  /** Below the ends of the arc. */
  readonly arcStart: string;
  readonly pace: (figures: Figures) => readonly Pace[];
  readonly square: (size: number | undefined, unit: Unit) => string;
  /** What the rings around squares say. */
  readonly ring: Readonly<Record<'repaired' | 'corrected', string>>;
  /** What the map shows, for screen readers. */
  readonly map: string;
  readonly batches: (count: number, as: Part) => string;
  readonly noSquares: string;
  /** How long the last run took. */
  readonly lastTime: (ms: number) => string;
  readonly result: string;
  /** The names of those at fault. */
  readonly atFault: string;
  readonly more: (count: number) => string;
  /** After a repair, where the store proves it; `others` were not touched. */
  readonly once: (others: number, unit: Unit) => Who;
  /** Where it does not. */
  readonly notOnce: Who;
  readonly amounts: {
    readonly cameIn: string;
    readonly addsUp: (isMoney: boolean) => string;
    /** What the sum lacks or has too much. */
    readonly missing: (amount: string) => string;
    readonly unknown: (batches: number) => string;
  };
  /** What the chapters are called. */
  readonly chapters: Readonly<Record<Chapter, string>>;
  readonly chapterList: string;
  readonly back: string;
  readonly next: string;
  readonly fullscreen: string;
  /** What keys do while somebody presents. */
  readonly keys: Readonly<Record<PresenterKey, string>> & { readonly name: string };
  /** Where another run is gone to; its field is called as its key is. */
  readonly palette: {
    readonly results: string;
    readonly none: string;
    readonly workflow: string;
    readonly pause: string;
    readonly cancel: string;
    readonly resume: string;
    /** @param name Of its workflow; undefined where that cannot be read */
    readonly run: (run: number, name: string | undefined) => string;
  };
  readonly black: string;
  /** On the stage, for screen readers. */
  readonly isBlack: string;
  /** The window beside, which only who presents sees. */
  readonly notes: {
    readonly open: string;
    readonly title: string;
    readonly onlyYou: string;
    readonly now: string;
    readonly yours: (chapter: string) => string;
    readonly placeholder: string;
    readonly nextChapter: string;
    readonly last: string;
    readonly since: string;
    readonly clock: string;
    readonly smaller: string;
    readonly larger: string;
    readonly end: string;
    /** How the correction stands. */
    readonly tested: (figures: Figures) => Who;
    readonly corrected: Who;
  };
  readonly announced: (figures: Figures) => string;
  /** Of the dialog that starts a run. */
  readonly startOf: (workflow: string) => string;
  readonly payloadUnread: (why: string) => string;
  readonly form: FormText;
}

/** What an exported file says of itself. */
export interface ExportedText {
  readonly name: string;
  /** @param when A date and a time, as the system has them */
  readonly recorded: (when: string, hasValues: boolean) => string;
  readonly lookAround: string;
  readonly whatIsIn: string;
  readonly contents: string;
  readonly closeFile: string;
  readonly writtenBy: (program: string) => string;
}
