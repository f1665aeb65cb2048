/*
 * What the desktop shell's menu, a notification or another start of the app asks of the page. The page does each as its
 * own buttons and keys do. Plain data: it crosses into the page through the preload script.
 */

export const THEMES = ['system', 'light', 'dark'] as const;
export const VIEWS = ['graph', 'batches', 'timeline', 'compare'] as const;

export type Theme = (typeof THEMES)[number];
export type View = (typeof VIEWS)[number];

export type AppCommand =
  | { readonly kind: 'run' }
  | { readonly kind: 'new-workflow' }
  | { readonly kind: 'rerun-failed' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'present' }
  | { readonly kind: 'help' }
  | { readonly kind: 'theme'; readonly theme: Theme }
  | { readonly kind: 'view'; readonly view: View }
  /** A run of the workspace, by its number. */
  | { readonly kind: 'open-run'; readonly run: number }
  /** What a link leads to, by the page's own address (renderer/model/address.ts). */
  | { readonly kind: 'open-address'; readonly address: string }
  /** A workflow file of the workspace, by its path in it, with forward slashes. */
  | { readonly kind: 'open-file'; readonly file: string };
