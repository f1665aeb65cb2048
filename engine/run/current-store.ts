/** The store of the run that this process executes, for what its steps publish. */
let file: string | undefined;

export function setCurrentStore(store: string): void {
  file = store;
}

/** Undefined in a process that executes no run, such as one that looks at a file. */
export function currentStore(): string | undefined {
  return file;
}
