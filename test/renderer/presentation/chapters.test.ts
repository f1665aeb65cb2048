import { describe, expect, test } from 'vitest';
import { CHAPTERS, chapterBeside, chapterOf, viewOf } from '../../../renderer/model/presentation/chapters.ts';

describe('the chapters', () => {
  test('follow the run by themselves', () => {
    const of = (['before', 'running', 'failed', 'changed', 'partly', 'corrected'] as const).map(kind =>
      chapterOf(kind, false),
    );
    expect(of).toEqual(['runs', 'runs', 'why', 'green', 'green', 'green']);
    expect([chapterOf('done', true), chapterOf('done', false)]).toEqual(['green', 'runs']);
  });

  test('are gone through in their order, and stay at their ends', () => {
    expect(CHAPTERS.map(chapter => chapterBeside(chapter, 1))).toEqual(['fail', 'why', 'green', 'green']);
    expect(CHAPTERS.map(chapter => chapterBeside(chapter, -1))).toEqual(['runs', 'runs', 'fail', 'why']);
  });

  test('tell a failure piece by piece: that it ran, that some failed, why, and what can be done', () => {
    const views = CHAPTERS.map(chapter => viewOf('failed', chapter));
    expect(views.map(({ says }) => says)).toEqual(['running', 'failed', 'failed', 'failed']);
    expect(views.map(({ hasCauses }) => hasCauses)).toEqual([false, false, true, true]);
    // The last one says before the correction, too, who must do something first.
    expect(views.map(({ hasCan }) => hasCan)).toEqual([false, false, true, true]);
  });

  test('keep the turn for the last one: before it, nobody sees that it is corrected', () => {
    const views = CHAPTERS.map(chapter => viewOf('corrected', chapter));
    expect(views.map(({ says }) => says)).toEqual(['running', 'failed', 'failed', 'corrected']);
    expect(views.map(({ hasCan }) => hasCan)).toEqual([false, false, false, true]);
  });

  test.each(['running', 'paused', 'interrupted', 'cancelled', 'done'] as const)(
    'show a run that is %s as it is, whichever somebody goes to',
    kind => {
      for (const chapter of CHAPTERS) expect(viewOf(kind, chapter)).toMatchObject({ says: kind, hasCan: true });
    },
  );
});
