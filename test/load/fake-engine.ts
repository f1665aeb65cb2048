/** The least that a workflow file needs of an engine, so that these tests are about loading alone. */
export interface FakeWorkflow {
  id: string;
  run?: () => unknown;
}

let defined: FakeWorkflow[] = [];

export const cronflow = {
  instance: Math.random(),
  define(workflow: FakeWorkflow): FakeWorkflow {
    defined.push(workflow);
    return workflow;
  },
};

export function takeDefinitions(): FakeWorkflow[] {
  const taken = defined;
  defined = [];
  return taken;
}
