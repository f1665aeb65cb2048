/* What a command that has a run executed does when it has ended, loaded while the runner starts. */
export { applyPolicies } from './apply-policies.ts';
export { reportEnd } from './report-end.ts';
