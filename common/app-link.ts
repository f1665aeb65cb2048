/*
 * A link into the desktop app: `cronflow://run/4/batches?batch=17&folder=…`. It is the page's own address (renderer/model/address.ts)
 * and the folder in which the run is, because one app shows many.
 */

export const APP_SCHEME = 'cronflow';
const FOLDER = 'folder';
const LONGEST_LINK = 8_000;

export interface AppLink {
  /** Of the page: `#/run/4/batches?batch=17` */
  readonly address: string;
  readonly folder?: string | undefined;
}

export function appLink({ address, folder }: AppLink): string {
  const [way = '', asked = ''] = address.replace(/^#\//, '').split('?');
  const query = new URLSearchParams(asked);
  if (folder !== undefined) query.set(FOLDER, folder);
  return `${APP_SCHEME}://${way}${query.size > 0 ? `?${query.toString()}` : ''}`;
}

/** Undefined for what is no such link. */
export function appLinkOf(text: string): AppLink | undefined {
  const [, way, asked = ''] = /^cronflow:\/\/([^?#]*)(?:\?([^#]*))?$/s.exec(text) ?? [];
  if (way === undefined || text.length > LONGEST_LINK) return undefined;
  const query = new URLSearchParams(asked);
  const folder = query.get(FOLDER) ?? undefined;
  query.delete(FOLDER);
  return { address: `#/${way}${query.size > 0 ? `?${query.toString()}` : ''}`, folder };
}
