import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { protocol } from 'electron';
import { PAGE_HEADERS } from '../host/browser/page-headers.ts';
import { PAGE_FOLDER } from './identity.ts';

/** Where the page lives: an origin of its own, with storage and a content security policy, which `file://` has not. */
export const APP_ORIGIN = 'app://studio';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Declares what `app:` is like. Electron takes this only before it is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the page's files under `app://studio`. */
export function setupAppScheme(): void {
  protocol.handle('app', async request => await answerFromFolder(request, PAGE_FOLDER));
}

/**
 * Whether an address belongs to our page. It is parsed and never compared as text: `app://studio.evil` begins with
 * `app://studio`, too.
 */
export function isOurs(address: string | undefined): boolean {
  const url = address === undefined ? null : URL.parse(address);
  return url !== null && url.protocol === 'app:' && url.host === 'studio' && url.username === '' && url.password === '';
}

/** Answers a request for a file of the page. */
async function answerFromFolder(
  { url, method }: { readonly url: string; readonly method: string },
  folder: string,
): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET and HEAD are allowed.');
  if (!isOurs(url)) return refusal(400, 'This is not an address of the app.');
  const file = fileOf(url, folder);
  if (file === undefined) return refusal(403, 'Only files of the page are served.');
  try {
    const body = await readFile(file);
    return new Response(method === 'HEAD' ? null : new Uint8Array(body), {
      headers: { ...PAGE_HEADERS, 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' },
    });
  } catch {
    return refusal(404, 'There is no such file.');
  }
}

/** The file that an address means; undefined when it would lie outside the folder. */
function fileOf(url: string, folder: string): string | undefined {
  const { pathname } = new URL(url);
  let name: string;
  try {
    name = decodeURIComponent(pathname === '/' || pathname === '' ? '/index.html' : pathname);
  } catch {
    return undefined;
  }
  const file = path.resolve(folder, `.${path.sep}${name}`);
  return name.includes('\0') || !file.startsWith(folder + path.sep) ? undefined : file;
}

function refusal(status: number, why: string): Response {
  return new Response(`${why}\n`, {
    status,
    headers: { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  });
}
