import { createContext, useContext } from 'react';
import type { FormText } from '../model/payload/form-text.ts';
import { FORM_ENGLISH } from '../model/presentation/form-english.ts';

/** What the forms inside of it say; the presentation gives its own language. */
export const FormWords = createContext<FormText>(FORM_ENGLISH);

export function useFormWords(): FormText {
  return useContext(FormWords);
}
