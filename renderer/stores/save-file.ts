/** Gives a text, or the parts of one, to the browser, or the desktop app, as a file: it asks where to. */
export function saveFile(name: string, text: string | readonly Blob[], type: string): void {
  const url = URL.createObjectURL(new Blob(typeof text === 'string' ? [text] : [...text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
