/** What Cronflow reads of the environment about its queue. No process with the author's code gets any of it. */
export const QUEUE_VARIABLES = {
  address: 'CRONFLOW_QUEUE',
  password: 'CRONFLOW_QUEUE_PASSWORD',
  passwordFile: 'CRONFLOW_QUEUE_PASSWORD_FILE',
  secret: 'CRONFLOW_QUEUE_SECRET',
  secretFile: 'CRONFLOW_QUEUE_SECRET_FILE',
  caFile: 'CRONFLOW_QUEUE_CA_FILE',
} as const;

/** The environment for a process with the author's code. */
export function withoutQueue(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names: readonly string[] = Object.values(QUEUE_VARIABLES);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));
}
