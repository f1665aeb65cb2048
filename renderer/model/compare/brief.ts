const LONGEST = 300;

/** The beginning of a value's text, on one line. */
export function brief(text: string): string {
  const short = text.slice(0, LONGEST * 4).replaceAll(/\s+/g, ' ');
  return short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short;
}
