/*
 * An exported file is one HTML page: the Studio's own page with its script and styles in it, and the parts of a run as blocks of
 * base64, which a browser does not execute and in which nothing can end the block.
 */

/** Raised whenever older programs cannot show what newer ones write. */
export const RECORDING_VERSION = 1;

const PART_TYPE = 'application/x-cronflow-run';

/** Where the page finds the code of the worker that draws graphs: there is no other file beside it. */
export const WORKER_ID = 'graph-worker';

/** What is the same in each file. */
export interface Program {
  readonly script: string;
  /** Of the script, in base64. */
  readonly sha256: string;
  readonly styles: string;
  readonly worker: string;
  /** The licences of the packages in the script: each file is a copy of them. */
  readonly notices: string;
}

/** @param parts In base64, the first of them what is needed at the start */
export function exportedPage(
  { script, sha256, styles, worker, notices }: Program,
  title: string,
  parts: readonly string[],
): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256}'`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="dark light" />
<meta name="referrer" content="no-referrer" />
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<div id="root"></div>
${parts.map((part, index) => `${partOpening(index)}${part}</script>\n`).join('')}<script type="text/plain" id="${WORKER_ID}">${worker}</script>
<script type="text/plain" id="licences">
${escapeHtml(notices)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

/** Code that can stand in a script element: no text in it ends the element. In texts and in regular expressions `\/` is a slash. */
export function inElement(code: string): string {
  return code.replaceAll(/<\/(?=script)/gi, String.raw`<\/`).replaceAll('<!--', String.raw`\x3c!--`);
}

/** The block with a part, for the page to find it. */
export function partSelector(part: number): string {
  return `script[type="${PART_TYPE}"][data-part="${part}"]`;
}

/** The parts in the text of an exported file; none where it is no such file. Nothing of it is executed. */
export function partsIn(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const open = partOpening(parts.length);
    const at = text.indexOf(open, from);
    const end = at < 0 ? -1 : text.indexOf('</script>', at);
    if (end < 0) return parts;
    parts.push(text.slice(at + open.length, end));
    from = end;
  }
}

function partOpening(part: number): string {
  return `<script type="${PART_TYPE}" data-part="${part}">`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
