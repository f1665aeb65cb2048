/** Two servers can be at two paths of one name, behind one proxy. */
const STORAGE_KEY = `cronflow.key${new URL('.', location.href).pathname.slice(1)}`;

/**
 * What the browser shell's server lets only pages from its own port know (host/browser/serve.ts). It comes in the
 * address when the printed link is opened, and is taken out of it at once; reloads and further tabs find it where only
 * this origin may look.
 */
export function pageKey(): string | undefined {
  const given = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return localStorage.getItem(STORAGE_KEY) ?? undefined;
  localStorage.setItem(STORAGE_KEY, given);
  history.replaceState(null, '', location.pathname);
  return given;
}
