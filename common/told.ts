/**
 * A text that says what to do next. On the command line that is a command or an option; in the Studio it is a button. The
 * engine does not know who will read its text, so it gives both.
 */
export interface Told {
  readonly terminal: string;
  readonly studio: string;
}

/** A text with parts that are others in the Studio: told`Run ${id} was cancelled. To go on with it: ${NEXT.rerun(id)}`. */
export function told(texts: TemplateStringsArray, ...parts: readonly (string | number | Told)[]): Told {
  const text = (where: keyof Told) =>
    texts.reduce((before, after, at) => {
      const part = parts[at - 1] ?? '';
      return `${before}${typeof part === 'object' ? part[where] : part}${after}`;
    });
  return { terminal: text('terminal'), studio: text('studio') };
}

/** An error with a message of ours. Its message is the one for the command line. */
export class ToldError extends Error {
  readonly inStudio: string | undefined;

  constructor(text: string | Told, options?: ErrorOptions) {
    super(typeof text === 'string' ? text : text.terminal, options);
    this.inStudio = typeof text === 'string' ? undefined : text.studio;
  }
}

/** The text of an error for the Studio, where it has one of its own. */
export function studioTextOf(error: unknown): string | undefined {
  return error instanceof ToldError ? error.inStudio : undefined;
}

/** What is told, with the text for the Studio in the place of its message. */
export function asToldInStudio<T extends { readonly message: string; readonly inStudio?: string | undefined }>(
  what: T,
): Omit<T, 'inStudio'> {
  const { inStudio, ...rest } = what;
  return inStudio === undefined ? rest : { ...rest, message: inStudio };
}
