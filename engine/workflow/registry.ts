import type { Definition } from './nodes.ts';

let defined: Definition[] = [];

/** Workflows are found because they were defined, not because they were exported. */
export function register(definition: Definition): void {
  defined.push(definition);
}

/** All workflows defined in this process since the last call. */
export function takeDefinitions(): Definition[] {
  const taken = defined;
  defined = [];
  return taken;
}
