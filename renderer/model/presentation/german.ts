import type { Figures, Language, PresentationText } from './text.ts';
import { sentences, type Forms, type Wording } from './wording.ts';

/*
 * What the author calls things is not declined: it is the subject of its sentence, or stands where all cases look alike.
 */

const PARTS = {
  square: { one: 'Feld', other: 'Felder' },
  batch: { one: 'Stapel', other: 'Stapel' },
} as const;
const REPEAT: Forms = { one: 'Wiederholung', other: 'Wiederholungen' };

export const german: Language = (wording): PresentationText => {
  const { number, counted, word, form, list } = wording;
  const be = (count: number) => form(count, { one: 'ist', other: 'sind' });
  const wait = (count: number) => form(count, { one: 'wartet', other: 'warten' });
  const stay = (count: number) => form(count, { one: 'bleibt', other: 'bleiben' });
  const become = (count: number) => form(count, { one: 'wurde', other: 'wurden' });
  const could = (count: number) => form(count, { one: 'konnte', other: 'konnten' });
  const soFar = (figures: Figures) => doneSoFar(wording, figures);
  return {
    wording,
    item: ['Element', 'Elemente'],
    name: 'Präsentation',
    causes: 'Was zu klären ist',
    steps: 'Schritte',
    close: 'Schließen',
    ready: 'Bereit zum Start.',
    start: 'Starten',
    goOn: 'Fortsetzen',
    canGoOn: 'Es kann jederzeit weitergehen.',
    tryAgain: 'Noch einmal versuchen',
    doTheOthers: 'Die anderen erledigen',
    badge: {
      running: 'Läuft',
      failed: 'Angehalten',
      changed: 'Geändert',
      done: 'Fertig',
      'set-aside': 'Fertig, mit Ausnahmen',
      paused: 'Pausiert',
      interrupted: 'Unterbrochen',
      cancelled: 'Abgebrochen',
    },
    headline: {
      running: soFar,
      failed: ({ failed, unit, failedStep }) =>
        failed > 0
          ? `${counted(failed, unit)} ${could(failed)} nicht fertig werden.`
          : failedStep === undefined
            ? 'Ein Schritt hat nicht funktioniert.'
            : `„${failedStep}“ hat nicht funktioniert.`,
      changed: () => 'Es wurde seitdem geändert.',
      done: ({ total, unit }) =>
        total === 0
          ? 'Es ist fertig.'
          : total === 1
            ? `${counted(1, unit)} ist fertig.`
            : `Alle ${counted(total, unit)} sind fertig.`,
      'set-aside': ({ done, failed, aside, unit }) =>
        sentences(
          `${counted(done, unit)} ${be(done)} fertig.`,
          failed > 0 && `${number(failed)} ${could(failed)} nicht fertig werden.`,
          aside > 0 && `${number(aside)} ${be(aside)} zurückgestellt.`,
        ).join(' '),
      paused: figures => `${soFar(figures)} Der Rest wartet.`,
      interrupted: () => 'Das Programm ist mittendrin stehen geblieben.',
      cancelled: () => 'Jemand hat es absichtlich abgebrochen.',
    },
    meaning: {
      running: ({ failed, unit, left }) =>
        sentences(
          left && `Noch ${timeLeft(wording, left)}.`,
          failed > 0 && `${counted(failed, unit)} ${could(failed)} nicht fertig werden. Die anderen laufen weiter.`,
        ),
      failed: ({ done, waiting, failed }) =>
        sentences(
          waiting > 0 && `${number(waiting)} ${failed > 0 ? 'weitere ' : ''}${wait(waiting)}.`,
          done > 0 &&
            `${number(done)} ${be(done)} fertig und ${form(done, { one: 'wird', other: 'werden' })} nicht noch einmal angefasst.`,
        ),
      changed: ({ failed, unit }) =>
        sentences(
          failed > 0 && `${counted(failed, unit)} ${could(failed)} vorher nicht fertig werden.`,
          'Noch weiß niemand, ob es jetzt funktioniert: Ein neuer Versuch zeigt es.',
        ),
      done: () => [],
      'set-aside': ({ failed, aside }) => [
        form(failed + aside, {
          one: 'Es bleibt mit seinem Grund vermerkt.',
          other: 'Sie bleiben mit ihren Gründen vermerkt.',
        }),
        `Jemand kann ${form(failed + aside, { one: 'es', other: 'sie' })} korrigieren und ` +
          `${failed > 0 ? 'es noch einmal versuchen' : 'wieder aufnehmen'}.`,
      ],
      paused: () => ['Nichts Neues beginnt.', 'Nichts geht verloren.'],
      interrupted: ({ done, unit }) =>
        sentences(
          done > 0 &&
            `${counted(done, unit)} ${be(done)} gespeichert und ${form(done, { one: 'wird', other: 'werden' })} nicht noch einmal gemacht.`,
          'Jemand sollte nachsehen, warum es stehen geblieben ist.',
        ),
      cancelled: ({ done, total, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} fertig und ${stay(done)} es.`,
          total > done && `${number(total - done)} ${become(total - done)} nicht gemacht.`,
        ),
    },
    stopping: {
      headline: { cancelled: 'Es wird abgebrochen.', paused: 'Es wird pausiert.' },
      meaning: 'Was begonnen hat, wird noch fertig. Nichts Neues beginnt.',
    },
    correctFirst: {
      what: 'Zuerst muss das jemand korrigieren.',
      why: 'Ein neuer Versuch würde jetzt an denselben Stellen scheitern. Nach der Änderung erscheint hier ein Knopf.',
    },
    cannotYet: {
      what: 'Ein neuer Versuch ist noch nicht möglich.',
      why: 'Zuerst muss jemand die Änderung ansehen.',
    },
    askDeveloper: {
      what: 'Zuerst muss das ein Entwickler ansehen.',
      why: 'Ein Teil davon wurde seitdem umbenannt oder entfernt. Ohne eine Antwort könnte etwas doppelt geschehen. Bis dahin geht nichts verloren.',
    },
    queued: ({ waiting, refused }) =>
      sentences(
        waiting > 0 && `${number(waiting)} ${form(waiting, REPEAT)} ${wait(waiting)}.`,
        refused > 0 &&
          `${number(refused)} ${form(refused, REPEAT)} ${could(refused)} nicht beginnen: Ein Entwickler muss das ansehen.`,
      ).join(' '),
    atFault: ({ unit, items, waiting, names }) =>
      sentences(
        `${counted(items, unit)} ${form(items, { one: 'muss', other: 'müssen' })} korrigiert werden` +
          (names.length === 0 ? '.' : `: ${list(named(names, items, wording))}.`),
        waiting > 0 &&
          `${number(waiting)} ${waiting === 1 ? word(1, unit) : word(waiting, unit)} daneben ${be(waiting)} in Ordnung und ${wait(waiting)} nur.`,
      ),
    again: ({ parts, as, next, done, unit }) =>
      sentences(
        parts > 0 &&
          `Wiederholt ${form(parts, { one: 'wird', other: 'werden' })} ${number(parts)} ${form(parts, PARTS[as])}.`,
        next.length > 0 && `${parts > 0 ? 'Danach' : 'Es'} geht es weiter mit „${next.join('“, „')}“.`,
        done > 0 &&
          `${counted(done, unit)} ${form(done, { one: 'bleibt, wie es ist', other: 'bleiben, wie sie sind' })}.`,
      ),
    lost: updates => ({
      what: 'Einige Ergebnisse sind vielleicht falsch.',
      why: `${number(updates)}-mal wurde etwas überschrieben, das vermerkt war. Jemand muss das ansehen.`,
    }),
    station: {
      done: 'fertig',
      working: 'läuft',
      stopped: 'zu klären',
      waiting: 'wartet auf den Schritt davor',
      next: 'kommt als Nächstes',
      paused: 'nicht fertig',
    },
    parts: ({ unit, total, done, waiting, failed, aside, cancelled, isOpenEnded }) =>
      `${counted(total, unit)}${isOpenEnded ? ' bisher' : ''} = ` +
      sentences(
        `${number(done)} fertig`,
        waiting > 0 && `${number(waiting)} ${wait(waiting)}`,
        failed > 0 && `${number(failed)} nicht fertig`,
        aside > 0 && `${number(aside)} zurückgestellt`,
        cancelled > 0 && `${number(cancelled)} abgebrochen`,
      ).join(' + '),
    part: {
      done: count => `${number(count)} fertig`,
      waiting: count => `${number(count)} ${wait(count)}`,
      failed: count => `${number(count)} nicht fertig`,
      aside: count => `${number(count)} zurückgestellt`,
      cancelled: count => `${number(count)} abgebrochen`,
    },
    square: (size, unit) =>
      size === undefined ? `Ein Feld = mehrere ${word(2, unit)}` : `Ein Feld = ${counted(size, unit)}`,
    batches: (count, as) => `${number(count)} ${form(count, PARTS[as])}`,
    noSquares: 'Die Felder erscheinen, sobald es startet.',
    result: 'Ergebnis',
    repeated: (batches, others, as) =>
      sentences(
        `${number(batches)} ${form(batches, PARTS[as])} ${become(batches)} wiederholt.`,
        others > 0 && `${number(others)} ${become(others)} nicht noch einmal angefasst.`,
      ).join(' '),
    started: at => `Begonnen um ${wording.timeOfDay(at)} Uhr`,
    announced: ({ done, total, failed, isOpenEnded }) =>
      `${number(done)} von ${number(total)}${isOpenEnded ? ' bisher' : ''} fertig` +
      `${isOpenEnded ? '' : `, ${wording.percent(done, total)}`}, ${number(failed)} nicht fertig`,
  };
};

/** The unit first: behind “von” it would have to be declined. */
function doneSoFar({ counted, number, form }: Wording, { done, total, unit, isOpenEnded }: Figures): string {
  if (total === 0) return 'Es hat begonnen.';
  const are = `${counted(done, unit)} ${form(done, { one: 'ist', other: 'sind' })}`;
  return isOpenEnded ? `${are} bisher fertig.` : `${are} fertig, von ${number(total)}.`;
}

function timeLeft({ span, spanRange }: Wording, [from, to]: readonly [number, number]): string {
  return spanRange(from, to) ?? `etwa ${span(to)}`;
}

/** `„1776“, „1941“ und 8 weitere` */
function named(names: readonly string[], all: number, { number }: Wording): readonly string[] {
  const more = all - names.length;
  return [...names.map(name => `„${name}“`), ...(more > 0 ? [`${number(more)} weitere`] : [])];
}
