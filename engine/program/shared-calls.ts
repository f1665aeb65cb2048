import { callSite } from '../workflow/callsite.ts';
import { isIdleWhileLoading } from './refuse-while-loading.ts';
import type { SharedStateCalls } from './shared-state-types.ts';

// Loaded when it is needed: a workflow's file, which imports `cronflow`, needs none of it.
const shared = () => import('./shared-state.ts');

const NOTHING = { totalKeys: 0, expiredKeys: 0, namespace: 'global', dbPath: '' };

/** `cronflow.setGlobalState` and its like. While Cronflow loads the file they neither read nor change anything. */
export const sharedStateCalls: SharedStateCalls = {
  async getGlobalState(key, fallback) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getGlobalState()', at)) return fallback ?? null;
    return (await shared()).get({ workflow: null, key, caller: at?.file }, fallback);
  },
  async setGlobalState(key, value, options) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.setGlobalState()', at)) return;
    (await shared()).set({ workflow: null, key, caller: at?.file }, value, options);
  },
  async incrGlobalState(key, amount = 1) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.incrGlobalState()', at)) return amount;
    return (await shared()).increment({ workflow: null, key, caller: at?.file }, amount);
  },
  async deleteGlobalState(key) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.deleteGlobalState()', at)) return false;
    return (await shared()).remove({ workflow: null, key, caller: at?.file });
  },
  async getWorkflowState(workflow, key, fallback) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getWorkflowState()', at)) return fallback ?? null;
    return (await shared()).get({ workflow, key, caller: at?.file }, fallback);
  },
  async setWorkflowState(workflow, key, value, options) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.setWorkflowState()', at)) return;
    (await shared()).set({ workflow, key, caller: at?.file }, value, options);
  },
  async incrWorkflowState(workflow, key, amount = 1) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.incrWorkflowState()', at)) return amount;
    return (await shared()).increment({ workflow, key, caller: at?.file }, amount);
  },
  async deleteWorkflowState(workflow, key) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.deleteWorkflowState()', at)) return false;
    return (await shared()).remove({ workflow, key, caller: at?.file });
  },
  async getStateStats() {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getStateStats()', at)) return { global: NOTHING, workflows: {} };
    return (await shared()).stats(at?.file);
  },
  async cleanupExpiredState() {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.cleanupExpiredState()', at)) return { global: 0, workflows: {} };
    return (await shared()).cleanUp(at?.file);
  },
};
