import type { Figures, Language, PresentationText } from './text.ts';
import { capitalised, sentences, type Forms, type Wording } from './wording.ts';

/*
 * What the author calls things is not declined: it is the subject of its sentence, or stands where all cases look alike.
 */

const PARTS = {
  square: { one: 'Feld', other: 'Felder' },
  batch: { one: 'Stapel', other: 'Stapel' },
} as const;
const REPEAT: Forms = { one: 'Wiederholung', other: 'Wiederholungen' };

const ENTRIES = { characters: 'Zeichen', entries: 'Einträge' } as const;

export const german: Language = (wording): PresentationText => {
  const { number, counted, form, word, timeOfDay } = wording;
  const be = (count: number) => form(count, { one: 'ist', other: 'sind' });
  const wait = (count: number) => form(count, { one: 'wartet', other: 'warten' });
  const stay = (count: number) => form(count, { one: 'bleibt', other: 'bleiben' });
  const became = (count: number) => form(count, { one: 'wurde', other: 'wurden' });
  const become = (count: number) => form(count, { one: 'wird', other: 'werden' });
  const could = (count: number) => form(count, { one: 'konnte', other: 'konnten' });
  const must = (count: number) => form(count, { one: 'muss', other: 'müssen' });
  const at = (what: string) => (when: number | undefined) =>
    when === undefined ? what : `${what} um ${timeOfDay(when)} Uhr`;
  const since = (what: string) => (when: number | undefined) =>
    when === undefined ? what : `${what} seit ${timeOfDay(when)} Uhr`;
  const notTouched = (done: number) =>
    done > 0 && `${number(done)} ${be(done)} fertig und ${become(done)} nicht noch einmal angefasst.`;
  const whatFailed = ({ failed, unit, failedStep, fault }: Figures) => {
    if (fault) return `${counted(fault.items, unit)} ${must(fault.items)} korrigiert werden.`;
    if (failed > 0) return `${counted(failed, unit)} ${could(failed)} nicht fertig werden.`;
    return failedStep === undefined ? 'Ein Schritt hat nicht funktioniert.' : `„${failedStep}“ hat nicht funktioniert.`;
  };
  const heldAndDone = ({ failed, waiting, done, fault }: Figures) => {
    const rest = (fault?.waiting ?? 0) + waiting;
    const more = failed > 0 ? 'weitere ' : '';
    return sentences(rest > 0 && `${number(rest)} ${more}${wait(rest)}${fault ? ' mit' : ''}.`, notTouched(done));
  };
  return {
    wording,
    item: ['Element', 'Elemente'],
    name: 'Präsentation',
    causes: 'Was zu klären ist',
    steps: 'Schritte',
    close: 'Schließen',
    resetDemo: 'Zurücksetzen',
    exported: {
      name: 'Exportierte Datei',
      recorded: (when, hasValues) => `Aufgezeichnet ${when}${hasValues ? ', mit Werten' : ', Werte verborgen'}`,
      lookAround: 'Sehen Sie sich frei um. Hier kann nichts ausgeführt oder verändert werden.',
      whatIsIn: 'Was ist in dieser Datei?',
      contents: 'Was in dieser Datei ist',
      closeFile: 'Datei schließen',
      writtenBy: program =>
        `Geschrieben von Cronflow ${program}. Nichts in dieser Datei kann etwas ausführen oder verändern.`,
    },
    ready: 'Bereit zum Start.',
    start: 'Starten',
    goOn: 'Fortsetzen',
    approve: 'Zustimmen',
    reject: 'Ablehnen',
    decisions: 'Was zu entscheiden ist',
    tryAgain: 'Noch einmal versuchen',
    doTheOthers: (others, unit) => (others === 0 ? 'Die anderen erledigen' : `Noch ${counted(others, unit)} erledigen`),
    badge: {
      running: since('Läuft'),
      pausing: at('Wird angehalten'),
      cancelling: at('Wird angehalten'),
      failed: at('Angehalten'),
      changed: at('Geändert'),
      testing: at('Wird geprüft'),
      partly: at('Geprüft'),
      corrected: at('Korrigiert'),
      done: at('Fertig'),
      'set-aside': when => `${at('Fertig')(when)}, mit Ausnahmen`,
      paused: at('Pausiert'),
      waiting: since('Wartet'),
      interrupted: at('Unterbrochen'),
      cancelled: at('Abgebrochen'),
    },
    headline: {
      running: figures => doneSoFar(wording, figures),
      pausing: () => 'Es wird pausiert.',
      cancelling: () => 'Es wird abgebrochen.',
      failed: whatFailed,
      changed: () => 'Es wurde seitdem geändert.',
      testing: () => 'Die Korrektur wird geprüft.',
      partly: ({ tested, unit }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        return passing === 0
          ? 'Es ist noch nicht korrigiert.'
          : `${counted(passing, unit)} ${be(passing)} korrigiert, von ${number(total)}.`;
      },
      corrected: () => 'Es ist korrigiert.',
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
      paused: figures => `${doneSoFar(wording, figures)} Der Rest wartet.`,
      waiting: ({ decisions }) =>
        decisions > 1
          ? `${number(decisions)} Entscheidungen sind nötig.`
          : decisions === 1
            ? 'Eine Entscheidung ist nötig.'
            : 'Es wartet auf etwas von außen.',
      interrupted: () => 'Das Programm ist mittendrin stehen geblieben.',
      cancelled: () => 'Jemand hat es absichtlich abgebrochen.',
    },
    meaning: {
      running: ({ failed, unit }) =>
        sentences(
          failed > 0 && `${counted(failed, unit)} ${could(failed)} nicht fertig werden. Die anderen laufen weiter.`,
        ),
      pausing: () => ['Was begonnen hat, wird noch fertig.', 'Nichts Neues beginnt.'],
      cancelling: () => ['Was begonnen hat, wird noch fertig.', 'Nichts Neues beginnt.'],
      failed: heldAndDone,
      changed: ({ failed, done, unit }) =>
        sentences(
          failed > 0 && `${counted(failed, unit)} ${could(failed)} vorher nicht fertig werden.`,
          notTouched(done),
        ),
      testing: ({ tested }) => {
        const { done = 0, total = 0 } = tested ?? {};
        return [`Bisher ${number(done)} von ${number(total)}.`, 'Gespeichert wird dabei nichts.'];
      },
      partly: ({ tested, unit, done }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        const rest = total - passing;
        return sentences(
          passing === 0
            ? `Es wurde geändert, aber ${counted(rest, unit)} ${form(rest, { one: 'scheitert', other: 'scheitern' })} immer noch.`
            : `${number(rest)} ${must(rest)} noch korrigiert werden.`,
          notTouched(done),
        );
      },
      corrected: ({ tested, unit }) => {
        const total = tested?.total ?? 0;
        return total === 1
          ? ['Die Korrektur wurde an genau dem geprüft, was gescheitert war, ohne etwas zu speichern.', 'Es klappt.']
          : [
              'Die Korrektur wurde an genau denen geprüft, die gescheitert waren, ohne etwas zu speichern.',
              `Alle ${counted(total, unit)} bestehen.`,
            ];
      },
      done: () => [],
      'set-aside': ({ failed, aside }) => [
        form(failed + aside, {
          one: 'Der Grund bleibt vermerkt.',
          other: 'Sie bleiben mit ihren Gründen vermerkt.',
        }),
      ],
      paused: () => ['Jemand hat auf Pause gedrückt.', 'Nichts Neues beginnt.', 'Nichts geht verloren.'],
      waiting: ({ done, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} fertig und ${stay(done)} es.`,
          'Danach geht es von selbst weiter.',
        ),
      interrupted: ({ done, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} gespeichert.`,
          'Was begonnen hatte, beginnt noch einmal.',
        ),
      cancelled: ({ done, total, unit }) =>
        sentences(
          done > 0 && `${counted(done, unit)} ${be(done)} fertig und ${stay(done)} es.`,
          total > done && `${number(total - done)} ${became(total - done)} nicht gemacht.`,
        ),
    },
    can: {
      running: () => undefined,
      pausing: () => undefined,
      cancelling: () => undefined,
      failed: () => ({
        what: 'Zuerst muss das jemand korrigieren.',
        why: 'Ein neuer Versuch würde jetzt wieder daran scheitern.',
      }),
      changed: () => ({
        what: 'Noch weiß niemand, ob es jetzt funktioniert.',
        why: 'Ein neuer Versuch zeigt es.',
      }),
      testing: () => undefined,
      partly: () => ({
        what: 'Zuerst muss jemand den Rest korrigieren.',
        why: 'Ein neuer Versuch würde jetzt wieder daran scheitern.',
      }),
      corrected: () => undefined,
      done: () => undefined,
      'set-aside': ({ failed, aside }) => ({
        what:
          `Jemand kann ${form(failed + aside, { one: 'das', other: 'sie' })} korrigieren und ` +
          `${failed > 0 ? 'es noch einmal versuchen' : 'zurückholen'}.`,
      }),
      paused: () => ({ what: 'Es kann jederzeit weitergehen.' }),
      waiting: () => undefined,
      interrupted: () => ({
        what: 'Es kann weitergehen.',
        why: 'Jemand sollte nachsehen, warum es stehen geblieben ist.',
      }),
      cancelled: () => ({ what: 'Die anderen können jederzeit erledigt werden.' }),
    },
    oneClick: 'Ein Klick bewirkt das:',
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
    again: ({ parts, as, items, next, done, unit }) =>
      sentences(
        parts > 0 &&
          `${number(parts)} ${form(parts, PARTS[as])} ${become(parts)} wiederholt${items > 0 ? `: ${counted(items, unit)}` : ''}.`,
        next.length > 0 && `${parts > 0 ? 'Danach geht es' : 'Es geht'} weiter mit „${next.join('“, „')}“.`,
        done > 0 &&
          `${counted(done, unit)} ${form(done, { one: 'bleibt unverändert', other: 'bleiben unverändert' })}.`,
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
    share: {
      done: () => 'fertig',
      first: () => 'auf Anhieb fertig',
      repaired: () => 'repariert',
      running: () => 'in Arbeit',
      waiting: count => wait(count),
      cancelled: () => 'abgebrochen',
      aside: () => 'zurückgestellt',
      failed: () => 'nicht fertig',
      held: count => `${wait(count)} mit`,
      fault: () => 'zu korrigieren',
    },
    soFar: total => `bisher ${total}`,
    doneAbout: 'Fertig etwa um',
    percentDone: (part, total) => `${wording.percent(part, total)} fertig`,
    arcStart: 'Beginn',
    pace: ({ left, rate, unit, atATime, as }) => [
      ...(left ? [{ before: 'noch etwa', value: wording.spanRange(...left) ?? wording.span(left[1]) }] : []),
      ...(rate >= 1 ? [{ before: 'in jeder Sekunde etwa', value: counted(Math.round(rate), unit) }] : []),
      ...(rate > 0 && rate < 1 && rate * 60 >= 1
        ? [{ before: 'in jeder Minute etwa', value: counted(Math.round(rate * 60), unit) }]
        : []),
      ...(atATime > 0 ? [{ before: 'gleichzeitig', value: `${number(atATime)} ${form(atATime, PARTS[as])}` }] : []),
    ],
    square: (size, unit) =>
      size === undefined ? `Ein Feld = mehrere ${word(2, unit)}` : `Ein Feld = ${counted(size, unit)}`,
    ring: {
      repaired: 'Weißer Ring: repariert. Kein Ring: nicht noch einmal angefasst.',
      corrected: 'Blauer Ring: Für dieses Feld wirkt die Korrektur.',
    },
    map: 'Karte von allem, was zu tun ist',
    batches: (count, as) => `${number(count)} ${form(count, PARTS[as])}`,
    noSquares: 'Die Felder erscheinen, sobald es startet.',
    lastTime: ms => `Letztes Mal dauerte es etwa ${wording.span(ms)}.`,
    result: 'Ergebnis',
    atFault: 'Was zu korrigieren ist',
    more: count => `${number(count)} weitere`,
    once: (others, unit) => ({
      what: 'Nichts wurde doppelt gemacht:',
      why: `${counted(others, unit)} ${became(others)} nicht noch einmal angefasst.`,
    }),
    notOnce: { what: 'Einiges wurde ein zweites Mal gemacht.', why: 'Was und wann, ist vermerkt.' },
    amounts: {
      cameIn: 'kamen herein',
      addsUp: isMoney => (isMoney ? 'Die Summe stimmt, auf den Cent.' : 'Die Summe stimmt.'),
      missing: amount => `In dieser Summe fehlen ${amount}.`,
      unknown: batches => `Ohne ${number(batches)} ${form(batches, PARTS.batch)}, deren Betrag niemand kennt.`,
    },
    chapters: { runs: 'Es läuft', fail: 'Einige scheitern', why: 'Warum, in Worten', green: 'Ein Klick, alles grün' },
    chapterList: 'Kapitel',
    back: 'Zurück',
    next: 'Weiter',
    fullscreen: 'Vollbild',
    keys: {
      name: 'Tastenkürzel',
      next: 'Nächstes Kapitel',
      back: 'Voriges Kapitel',
      black: 'Schwarzes Bild und zurück',
      fullscreen: 'Vollbild und zurück',
      notes: 'Notizen für den Vortrag',
      close: 'Präsentation schließen',
      search: 'Suchen oder etwas ausführen',
      help: 'Diese Tastenkürzel',
    },
    palette: {
      results: 'Ergebnisse',
      none: 'Nichts gefunden',
      workflow: 'Workflow',
      pause: 'Den Lauf anhalten',
      cancel: 'Den Lauf abbrechen',
      resume: 'Den Lauf fortsetzen',
      run: (run, name) => (name === undefined ? `Lauf ${run}` : `Lauf ${run}: ${name}`),
    },
    black: 'Schwarzes Bild',
    isBlack: 'Das Bild ist schwarz. B zeigt es wieder.',
    notes: {
      open: 'Notizen',
      title: 'Notizen für den Vortrag',
      onlyYou: 'Dieses Fenster sehen nur Sie.',
      now: 'Jetzt zu sehen',
      yours: chapter => `Ihre Notizen zu „${chapter}“`,
      placeholder: 'Was Sie sagen möchten. Es bleibt in diesem Programm, bei diesem Workflow.',
      nextChapter: 'Nächstes Kapitel',
      last: 'Das ist das letzte Kapitel.',
      since: 'seit Beginn',
      clock: 'jetzt',
      smaller: 'Kleinere Schrift',
      larger: 'Größere Schrift',
      end: 'Beenden',
      tested: ({ tested, unit }) => {
        const { passing = 0, total = 0 } = tested ?? {};
        const failing = total - passing;
        return {
          what: tested
            ? `Noch nicht korrigiert: ${counted(failing, unit)} ${form(failing, { one: 'scheitert', other: 'scheitern' })} noch, von ${number(total)}.`
            : 'Noch nicht korrigiert.',
          why: 'Geprüft wird bei jedem Speichern der Datei.',
        };
      },
      corrected: {
        what: 'Es ist korrigiert.',
        why: 'Gehen Sie zum letzten Kapitel, und drücken Sie dort „Noch einmal versuchen“.',
      },
    },
    announced: ({ done, total, failed, isOpenEnded }) =>
      `${number(done)} von ${number(total)}${isOpenEnded ? ' bisher' : ''} fertig` +
      `${isOpenEnded ? '' : `, ${wording.percent(done, total)}`}, ${number(failed)} nicht fertig`,
    startOf: workflow => `${workflow} starten`,
    payloadUnread: why => `Die letzte Eingabe war nicht lesbar: ${why}`,
    form: {
      cancel: 'Abbrechen',
      discardQuestion: 'Die Eingaben verwerfen?',
      keepEditing: 'Weiter bearbeiten',
      discard: 'Verwerfen',
      optional: '(freiwillig)',
      emptyText: 'Leerer Text',
      none: 'Nichts',
      leaveOut: 'Weglassen',
      giveValue: 'Wert angeben',
      add: 'Hinzufügen',
      remove: place => `Eintrag ${number(place)} entfernen`,
      blank: {
        none: 'nichts',
        empty: 'leerer Text',
        leftOut: 'weggelassen',
        byDefault: json => `weggelassen: ${json}`,
      },
      yes: 'ja',
      no: 'nein',
      emptyChoice: '(leerer Text)',
      required: 'Das ist nötig.',
      notWhole: 'Bitte eine ganze Zahl, etwa 12.',
      notNumber: 'Bitte eine Zahl, etwa 12 oder 0.5, mit Punkt.',
      tooLarge: 'Diese Zahl ist zu groß, um sie genau zu speichern.',
      mustBe: bounds => `Erlaubt ist: ${bounds}.`,
      bounds: {
        exactly: value => `genau ${number(value)}`,
        between: (least, most) => `von ${number(least)} bis ${number(most)}`,
        least: (value, allowed) => `${allowed ? 'mindestens' : 'mehr als'} ${number(value)}`,
        most: (value, allowed) => `${allowed ? 'höchstens' : 'weniger als'} ${number(value)}`,
        and: ' und ',
      },
      numberHint: (whole, bounds) => `${whole ? 'Eine ganze Zahl' : 'Eine Zahl'}, ${bounds}.`,
      lengthHint: (bounds, of) => `${capitalised(bounds)} ${ENTRIES[of]}.`,
      jsonHint: 'JSON, etwa "text", 12, [1, 2] oder {"name": "Ada"}.',
      notJson: why => `Das ist kein JSON: ${why}`,
      momentHint: 'Etwa 2026-01-31T09:00:00Z.',
      zoneHint: zone => `In Ihrer Zeitzone, ${zone}; gesendet wird in UTC.`,
      beginWith: 'Anfangen mit',
      lastTime: 'den letzten Angaben',
      anew: 'einem leeren Formular',
      toChange: fields => `${number(fields)} ${form(fields, { one: 'Feld', other: 'Felder' })} zu ändern.`,
    },
  };
};

/** The unit first: behind “von” it would have to be declined. */
function doneSoFar({ counted, number, form }: Wording, { done, total, unit, isOpenEnded }: Figures): string {
  if (total === 0) return 'Es hat begonnen.';
  const are = `${counted(done, unit)} ${form(done, { one: 'ist', other: 'sind' })}`;
  return isOpenEnded ? `${are} bisher fertig.` : `${are} fertig, von ${number(total)}.`;
}
