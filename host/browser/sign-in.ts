import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTENT_SECURITY_POLICY } from './page-headers.ts';

/*
 * Where the token is in a file, no link is printed: logs of a service are read by more people than its token is for. Instead
 * the server asks for it. It is sent in a body, since proxies log addresses.
 */

/** A token is far shorter. */
const LARGEST_BODY = 4_096;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY.replace("form-action 'none'", "form-action 'self'"),
  // With no-referrer, browsers send the form with `Origin: null`.
  'referrer-policy': 'same-origin',
};

/**
 * @param base Where the form is sent: the path that everything is under
 * @param why What was wrong with what was given before
 */
export function askForToken(response: ServerResponse, base: string, why?: string): void {
  response.writeHead(401, HEADERS).end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in · Cronflow Studio</title>
<style>
/* The colors of renderer/ui/tokens.css. */
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f6f8fa, #0b0f14); color: light-dark(#17202b, #e8edf4); }
form { display: grid; gap: 14px; width: min(360px, calc(100vw - 48px)); }
h1 { font-size: 20px; margin: 0; }
p { margin: 0; }
label { display: grid; gap: 4px; }
input, button { font: inherit; padding: 8px 10px; border-radius: 6px; border: 1px solid light-dark(#c3ccd6, #33404f); }
input { background: light-dark(#ffffff, #12181f); color: inherit; }
button { cursor: pointer; border-color: transparent; font-weight: 600;
  background: light-dark(#1352c6, #8cd5ff); color: light-dark(#ffffff, #06121c); }
:focus-visible { outline: 2px solid light-dark(#1352c6, #8cd5ff); outline-offset: 2px; }
</style>
<main>
<form method="post" action="${base}">
<h1>Cronflow Studio</h1>
<p>${why ?? 'Enter the token of this server. It is in the file that <code>--token-file</code> names.'}</p>
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>
</main>
`);
}

/** The token of the form. Undefined if it is not that form. */
export async function tokenOfForm(request: IncomingMessage): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded(?:;|$)/.test(request.headers['content-type'] ?? '')) return undefined;
  let body = '';
  for await (const chunk of request.setEncoding('latin1') as AsyncIterable<string>) {
    body += chunk;
    if (body.length > LARGEST_BODY) return undefined;
  }
  return new URLSearchParams(body).get('token')?.trim();
}
