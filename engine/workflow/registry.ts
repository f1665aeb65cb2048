import { shownLocation } from '../paths.ts';
import { WorkflowError, describeValue } from './errors.ts';
import type { Definition } from './nodes.ts';

let defined: Definition[] = [];

/** Workflows are found because they were defined, not because they were exported. @throws WorkflowError */
export function register(definition: Definition): void {
  const first = defined.find(({ id }) => id === definition.id);
  if (first) {
    const where = first.at ? `; the first is in ${shownLocation(first.at.file, first.at.line)}` : '';
    throw new WorkflowError(
      `Two workflows have the id ${describeValue(definition.id)}${where}. They are started by id, so give one of them another.`,
      definition.at,
    );
  }
  defined.push(definition);
}

/** All workflows defined in this process since the last call. */
export function takeDefinitions(): Definition[] {
  const taken = defined;
  defined = [];
  return taken;
}
