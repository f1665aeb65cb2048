// Plain JavaScript that any Node can read, like bin/cronflow.mjs.

/** What is loaded needs it: hooks for modules, and better-sqlite3, which crashes an older Node instead of saying so. */
export const OLDEST_NODE = '22.18';

/** What to say to who has an older one; undefined for one that will do. */
export function faultOfNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `Cronflow needs Node ${OLDEST_NODE} or newer; this is ${version}. Install a newer one, for example from nodejs.org.`;
}
