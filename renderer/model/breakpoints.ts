/* From where on, in CSS pixels (so that zoom counts), what is needed least gives way by itself. */

/** The sidebar is a rail, and the inspector lies over the views. */
export const NARROW = '(max-width: 1100px)';
/** Of the drawer, its tabs stay. */
export const SHORT = '(max-height: 640px)';
