import type { StageKind } from './stage.ts';

/*
 * A story in four chapters: it runs, some fail, why, and one click. They follow the run by themselves until who presents goes to
 * one. None is ever refused: what has not come yet shows how it stands.
 */

export const CHAPTERS = ['runs', 'fail', 'why', 'green'] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** The chapter that a state belongs to. @param isRepaired Whether something had failed, and is done now */
export function chapterOf(kind: StageKind | 'before', isRepaired: boolean): Chapter {
  switch (kind) {
    case 'failed':
      return 'why';
    case 'changed':
    case 'testing':
    case 'partly':
    case 'corrected':
      return 'green';
    case 'done':
    case 'set-aside':
      return isRepaired ? 'green' : 'runs';
    default:
      return 'runs';
  }
}

/** The one after it, or before it; at the end it stays. */
export function chapterBeside(chapter: Chapter, by: 1 | -1): Chapter {
  return CHAPTERS[CHAPTERS.indexOf(chapter) + by] ?? chapter;
}

/** What of a state a chapter shows. */
export interface ChapterView {
  /** Whose sentences say what happened and what it means. */
  readonly says: StageKind;
  readonly hasMeaning: boolean;
  readonly hasCauses: boolean;
  /** Who can do what. */
  readonly hasCan: boolean;
}

/** A state in which something failed is told piece by piece; all others are shown as they are. */
export function viewOf(kind: StageKind, chapter: Chapter): ChapterView {
  const hasFailed =
    kind === 'failed' || kind === 'changed' || kind === 'testing' || kind === 'partly' || kind === 'corrected';
  if (!hasFailed) return { says: kind, hasMeaning: true, hasCauses: kind === 'set-aside', hasCan: true };
  switch (chapter) {
    case 'runs':
      return { says: 'running', hasMeaning: false, hasCauses: false, hasCan: false };
    case 'fail':
      return { says: 'failed', hasMeaning: true, hasCauses: false, hasCan: false };
    case 'why':
      return { says: 'failed', hasMeaning: true, hasCauses: true, hasCan: kind === 'failed' };
    case 'green':
      return { says: kind, hasMeaning: true, hasCauses: kind !== 'corrected' && kind !== 'testing', hasCan: true };
  }
}
