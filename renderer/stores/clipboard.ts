/** @throws with the text in the message, where the browser does not let a page copy: one can still select it there. */
export async function copyText(text: string): Promise<void> {
  // Browsers have no clipboard for pages that come over plain HTTP from another machine.
  const clipboard = (navigator as { readonly clipboard?: Clipboard }).clipboard;
  try {
    if (!clipboard) throw new Error('it has none for this page');
    await clipboard.writeText(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The browser did not give access to its clipboard (${why}). Copy it here: ${text}`, {
      cause: error,
    });
  }
}
