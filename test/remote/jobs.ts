import type { JobQueue, StoredJob } from '../../engine/remote/bullmq/queue-server.ts';

/** The delayed jobs of a queue, as a server keeps them. */
export class Jobs implements JobQueue {
  readonly jobs = new Map<string, unknown>();

  async waitUntilReady(): Promise<void> {}

  async add(_name: string, data: unknown, { jobId = '' }: { jobId?: string }): Promise<StoredJob> {
    if (!this.jobs.has(jobId)) this.jobs.set(jobId, data);
    return this.#job(jobId);
  }

  async getJob(id: string): Promise<StoredJob | undefined> {
    return this.jobs.has(id) ? this.#job(id) : undefined;
  }

  async getDelayed(): Promise<readonly StoredJob[]> {
    return [...this.jobs.keys()].map(id => this.#job(id));
  }

  async obliterate(): Promise<void> {
    this.jobs.clear();
  }

  async close(): Promise<void> {}

  #job(id: string): StoredJob {
    return {
      id,
      data: this.jobs.get(id),
      updateData: async data => {
        if (!this.jobs.has(id)) throw new Error(`Missing key for job ${id}. updateData`);
        this.jobs.set(id, data);
      },
      remove: async () => void this.jobs.delete(id),
    };
  }
}
