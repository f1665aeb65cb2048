let open: ((file: File) => Promise<void>) | undefined;

/**
 * How exported files are opened. The page of an exported file does not open others, and goes without what looks at them: it is a
 * large part of the contract.
 */
export function acceptExportedFiles(opener: (file: File) => Promise<void>): void {
  open = opener;
}

export function isExportedFile(file: File): boolean {
  return open !== undefined && /\.html?$/i.test(file.name);
}

export async function openExported(file: File): Promise<void> {
  await open?.(file);
}

/** Asks for a file. */
export function chooseExportedFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.html,.htm';
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) void openExported(file);
  });
  input.click();
}
