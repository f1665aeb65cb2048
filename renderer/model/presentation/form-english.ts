import { textIn } from './languages.ts';

/* What forms say outside of the presentation: the Studio is in English. */

export const ENGLISH = textIn(['en']);
export const FORM_ENGLISH = ENGLISH.form;
