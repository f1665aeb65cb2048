/** What opens Chrome's debugger on a process, from its address. */
export function chromeAddress(address: string): string {
  return `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${address.replace(/^ws:\/\//, '')}`;
}
