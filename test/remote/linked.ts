import { Exchange } from '../../engine/remote/exchange.ts';
import type { Link } from '../../engine/remote/link.ts';
import { SimulatedClock } from '../support/clock.ts';
import { randomOf } from '../support/random.ts';
import { SimulatedNetwork, SimulatedProcess } from './simulated-network.ts';

export type Message = string;
type End = Link<Message, Message>;

/** One side of a link: what it was sent, and what became of it. */
export class Side {
  readonly received: Message[] = [];
  readonly lost: { readonly at: number; readonly reason: string }[] = [];
  link: End | undefined;
  readonly #clock: SimulatedClock;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  readonly onMessage = (message: Message) => void this.received.push(message);
  readonly onLost = (reason: string) => void this.lost.push({ at: this.#clock.elapsed(), reason });
}

const SECRET = 'a secret of the tests';

/** A coordinator and a worker, with a link between them. */
export class Linked {
  readonly clock = new SimulatedClock();
  readonly network: SimulatedNetwork;
  readonly here = new SimulatedProcess(this.clock);
  readonly there = new SimulatedProcess(this.clock);
  readonly coordinator = new Side(this.clock);
  /** The ends that the worker has had: one, as long as no other link was begun. */
  readonly ends: Side[] = [];
  readonly trouble: (string | undefined)[] = [];
  foreign = 0;
  exchange: Exchange<Message, Message> | undefined;
  workerExchange: Exchange<Message, Message> | undefined;

  constructor(seed = 1) {
    this.network = new SimulatedNetwork(this.clock, randomOf(seed));
  }

  async open({ workerSecret = SECRET }: { workerSecret?: string } = {}): Promise<this> {
    const shared = { gapMs: 4, onForeign: () => void (this.foreign += 1) };
    this.exchange = new Exchange({
      ...shared,
      address: 'coordinator',
      secret: SECRET,
      clock: this.here,
      openMailbox: this.network.mailboxOf(this.here),
      onTrouble: error => void this.trouble.push(error?.message),
    });
    this.workerExchange = new Exchange(
      {
        ...shared,
        address: 'worker',
        secret: workerSecret,
        clock: this.there,
        openMailbox: this.network.mailboxOf(this.there),
      },
      link => {
        const side = new Side(this.clock);
        side.link = link;
        this.ends.push(side);
        return side;
      },
    );
    await this.exchange.open();
    await this.workerExchange.open();
    this.coordinator.link = this.exchange.begin('worker', this.coordinator);
    return this;
  }

  get worker(): Side {
    const [end] = this.ends;
    if (!end) throw new Error('the worker has no link');
    return end;
  }

  /** Sends a message each way, and lets it arrive. */
  async greet(): Promise<void> {
    this.coordinator.link?.send('hello');
    await this.clock.advance(500);
    this.worker.link?.send('hello');
    await this.clock.advance(500);
  }
}
