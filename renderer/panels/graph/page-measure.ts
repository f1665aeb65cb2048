import type { Font, Measure } from '../../model/graph/wrap-text.ts';

/** Measures in the fonts of the page. */
export function pageMeasure(): Measure {
  const context = document.createElement('canvas').getContext('2d');
  const style = getComputedStyle(document.documentElement);
  const [sans, mono] = [style.getPropertyValue('--sans'), style.getPropertyValue('--mono')];
  const fonts: Readonly<Record<Font, string>> = {
    title: `600 13px ${sans}`,
    small: `400 12px ${sans}`,
    mono: `400 12px ${mono}`,
  };
  const known = new Map<string, number>();
  return (text, font) => {
    const key = `${font} ${text}`;
    let width = known.get(key);
    if (width === undefined) {
      if (context) context.font = fonts[font];
      known.set(key, (width = context ? context.measureText(text).width : text.length * 7));
    }
    return width;
  };
}
