/** Messages on their way. A parent that reads takes them faster than the throttles send. */
const MOST_UNSENT = 16;

/**
 * The way to the process that started this one. A parent may not read: it is stopped, or busy for long. What is sent to it then
 * stays in the memory of this process, so that whoever sends much asks before whether there is room.
 */
export class ParentChannel<Message> {
  readonly #send: (message: Message, done: () => void) => void;
  #unsent = 0;
  /** Messages are sent in order: when the last one is sent, all are. */
  #last: Promise<void> = Promise.resolve();

  /** @param send Calls back when the message has left this process, or never will. */
  constructor(send: (message: Message, done: () => void) => void) {
    this.#send = send;
  }

  /** Whether the parent takes what it is sent. */
  readonly hasRoom = (): boolean => this.#unsent < MOST_UNSENT;

  send(message: Message): void {
    this.#unsent += 1;
    this.#last = new Promise(resolve =>
      this.#send(message, () => {
        this.#unsent -= 1;
        resolve();
      }),
    );
  }

  /** Resolves when all that was sent has left this process. */
  get sent(): Promise<void> {
    return this.#last;
  }
}
