export interface FrameLine {
  readonly number: string;
  readonly text: string;
  /** The line it is about, and the mark below it. */
  readonly hot: boolean;
}

/** The lines of a code frame as the engine writes it: `> 31 |   title: film.Title.trim(),`. */
export function frameLines(frame: string): readonly FrameLine[] {
  return frame.split('\n').map(line => {
    const [, marked, number = '', text = ''] = /^(>?)\s*(\d*)\s*\|(?: (.*))?$/.exec(line) ?? [];
    if (marked === undefined) return { number: '', text: line, hot: false };
    return { number, text, hot: marked === '>' || number === '' };
  });
}
