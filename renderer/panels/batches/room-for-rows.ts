import { studio } from '../../stores/studio.ts';

/** The head of the table and its first rows, in CSS pixels. */
const FIRST_ROWS = 120;

/**
 * A ref of the view of batches: it tells the drawer below how much height the views need for the first rows to be in
 * sight, whatever stands above them.
 */
export function askRoomForRows(view: HTMLElement | null): (() => void) | undefined {
  if (!view) return undefined;
  const measure = () => {
    const table = view.querySelector(':scope > .batch-table');
    const top = view.closest('#views')?.getBoundingClientRect().top;
    if (!table || top === undefined) return;
    // As it is when the view is not scrolled.
    const above = table.getBoundingClientRect().top + view.scrollTop - top;
    const viewNeeds = Math.round(above + FIRST_ROWS);
    if (studio.getState().viewNeeds !== viewNeeds) studio.setState({ viewNeeds });
  };
  const sizes = new ResizeObserver(measure);
  const watch = () => {
    sizes.disconnect();
    for (const part of [view, ...view.children]) sizes.observe(part);
  };
  const parts = new MutationObserver(watch);
  parts.observe(view, { childList: true });
  watch();
  return () => {
    parts.disconnect();
    sizes.disconnect();
    studio.setState({ viewNeeds: 0 });
  };
}
