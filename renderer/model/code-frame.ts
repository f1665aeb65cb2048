export interface FrameLine {
  readonly number: string;
  readonly text: string;
  /** The line it is about, and the mark below it. */
  readonly marked: boolean;
}

/** The lines of a code frame as the engine writes it: `> 31 |   title: film.Title.trim(),`. */
export function frameLines(frame: string): readonly FrameLine[] {
  return frame.split('\n').map(line => {
    const [, arrow, number = '', text = ''] = /^(>?)\s*(\d*)\s*\|(?: (.*))?$/.exec(line) ?? [];
    if (arrow === undefined) return { number: '', text: line, marked: false };
    return { number, text, marked: arrow === '>' || number === '' };
  });
}
