export function isBuiltFromSources(root: string): boolean;
