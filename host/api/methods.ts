import { BATCH_METHODS } from './methods/batches.ts';
import { CHART_METHODS } from './methods/charts.ts';
import { ITEM_METHODS } from './methods/items.ts';
import { RUN_METHODS } from './methods/runs.ts';
import { VALUE_METHODS } from './methods/values.ts';
import { WORKSPACE_METHODS } from './methods/workspace.ts';

/** Name -> arguments and result. Reading a run that does not exist rejects with an error. */
export const METHODS = {
  ...WORKSPACE_METHODS,
  ...RUN_METHODS,
  ...BATCH_METHODS,
  ...ITEM_METHODS,
  ...VALUE_METHODS,
  ...CHART_METHODS,
} as const;
