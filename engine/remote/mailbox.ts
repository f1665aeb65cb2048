/**
 * Carries letters between processes on any machines: what a queue's server does for us. A letter may come late, twice, out of
 * order, or never. Who sends and who receives puts that right: see link.ts.
 */
export interface Mailbox {
  /** Where letters to this process are sent. New at each start. */
  readonly address: string;
  /**
   * Sends a letter. Resolves once the server has it, which says nothing of whether it comes.
   * @throws What the server, or the way to it, says against it
   */
  post(to: string, letter: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the mailbox of this process. */
export type OpenMailbox = (address: string, onLetter: (letter: string) => void) => Promise<Mailbox>;
