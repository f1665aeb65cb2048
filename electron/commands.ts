/*
 * What the menu, a notification or another start of the app can ask of the page, which does each as its own buttons and keys
 * do it. Strings, since they cross into the page by way of the preload script.
 */

export const THEMES = ['system', 'light', 'dark'] as const;
export const VIEWS = ['graph', 'batches', 'timeline', 'compare'] as const;

export type Command =
  | 'run'
  | 'new-workflow'
  | 'rerun-failed'
  | 'palette'
  | 'present'
  | 'help'
  | `theme:${(typeof THEMES)[number]}`
  | `view:${(typeof VIEWS)[number]}`
  /** A run of the workspace, by its number. */
  | `open-run:${number}`
  /** A workflow file of the workspace, by its path in it, with forward slashes. */
  | `open-file:${string}`;
