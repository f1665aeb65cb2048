/** The text of bytes in UTF-8 or UTF-16, without a byte order mark: Excel, Notepad and PowerShell write both. @throws Error */
export function decodedText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`it is not text in ${encoding.toUpperCase()}. Save it as UTF-8`, { cause: error });
  }
}

/** By the byte order mark; without one by the zero that each ASCII character has in UTF-16. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) return 'utf-16be';
  return 'utf-8';
}
