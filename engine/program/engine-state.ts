/** Whether the author's program has begun: known without loading what it needs for that. */
export const engineState = { isStarted: false };
