import { ITEM, type Unit } from '../../../common/format.ts';
import { english } from './english.ts';
import { german } from './german.ts';
import type { Language, PresentationText } from './text.ts';
import { wordingOf } from './wording.ts';

/** By the code of the language. Another one is another file, and a line here. */
export const LANGUAGES: Readonly<Record<string, Language>> = { en: english, de: german };

const OTHERWISE = 'en';

/** The texts in the first language of these that there is. @param preferred As `navigator.languages` has them: `de-CH`, `fr` */
export function textIn(preferred: readonly string[]): PresentationText {
  const locale = preferred.find(tag => languageOf(tag) !== undefined) ?? OTHERWISE;
  const language = languageOf(locale) ?? english;
  return language(wordingOf(locale));
}

/** What an author calls things; where nobody has said it, the word of the language. */
export function unitIn({ item }: PresentationText, unit: Unit): Unit {
  return unit === ITEM ? item : unit;
}

function languageOf(tag: string): Language | undefined {
  const code = tag.toLowerCase().split('-', 1)[0] ?? '';
  return Object.hasOwn(LANGUAGES, code) && isLocale(tag) ? LANGUAGES[code] : undefined;
}

/** A browser may be told anything. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
