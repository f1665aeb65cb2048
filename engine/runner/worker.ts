/* Where the process of a worker begins. A runner has started it, so that all compiled modules are known to load. */
await import('./worker-process.ts');
