import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { isRunning } from './call.ts';
import { afterEachFile } from './cleaning.ts';

/*
 * Machines with a network between them, on this one: a network namespace of Linux for each, and one for the switch that their cables
 * lead to. What is done to it touches no other network, and no process hears of a cable that is pulled out: as in the world, what
 * is sent then is lost, and connections stay open.
 */

const PREFIX = 'cronflow-test';
const SUBNET = '10.99.0';

const networks = new Set<Network>();
afterEachFile(() => {
  for (const network of networks) network.remove();
});

export class Network {
  readonly #name: string;
  readonly #namespaces: string[] = [];
  #machines = 0;

  /** @throws What the system says against it. What there was made of it until then is gone */
  constructor() {
    // With the number of this process: who comes later knows whether it is still needed.
    this.#name = `${PREFIX}-${process.pid}-${(made += 1)}`;
    networks.add(this);
    try {
      this.#addNamespace(this.#name);
      ip('-n', this.#name, 'link', 'add', 'switch', 'type', 'bridge');
      ip('-n', this.#name, 'link', 'set', 'switch', 'up');
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Another machine, with a cable to the switch. */
  add(): NetworkMachine {
    this.#machines += 1;
    const own = `${this.#name}-${this.#machines}`;
    const address = `${SUBNET}.${this.#machines}`;
    const port = `port-${this.#machines}`;
    this.#addNamespace(own);
    ip('-n', this.#name, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', own);
    ip('-n', this.#name, 'link', 'set', port, 'master', 'switch', 'up');
    ip('-n', own, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) ip('-n', own, 'link', 'set', device, 'up');
    return new NetworkMachine(own, address, { namespace: this.#name, port });
  }

  #addNamespace(name: string): void {
    ip('netns', 'add', name);
    this.#namespaces.push(name);
  }

  /** A machine on which a process is still at work is gone when that ends. */
  remove(): void {
    networks.delete(this);
    for (const name of this.#namespaces.splice(0)) ip('netns', 'delete', name);
  }
}

let made = 0;

export class NetworkMachine {
  readonly address: string;
  /** What stands before a command to run it on this machine. */
  readonly inside: readonly string[];
  readonly #namespace: string;
  readonly #cable: { readonly namespace: string; readonly port: string };

  constructor(namespace: string, address: string, cable: { readonly namespace: string; readonly port: string }) {
    this.address = address;
    this.inside = ['ip', 'netns', 'exec', namespace];
    this.#namespace = namespace;
    this.#cable = cable;
  }

  /** Pulls its cable out of the switch: nothing comes through, either way. */
  pullOut(): void {
    ip('-n', this.#cable.namespace, 'link', 'set', this.#cable.port, 'nomaster');
  }

  plugIn(): void {
    ip('-n', this.#cable.namespace, 'link', 'set', this.#cable.port, 'master', 'switch');
  }

  /** What it sends to the other one is lost, from now on. What that sends to it still comes. */
  muteTo({ address }: NetworkMachine): void {
    // To a network card that nobody has.
    ip('-n', this.#namespace, 'neighbour', 'replace', address, 'lladdr', '02:00:00:00:00:fe', 'dev', 'eth0');
  }

  unmuteTo({ address }: NetworkMachine): void {
    ip('-n', this.#namespace, 'neighbour', 'delete', address, 'dev', 'eth0');
  }
}

/** Gone when the test is done. */
export function networkForTest(): Network {
  const network = new Network();
  onTestFinished(() => network.remove());
  return network;
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Of processes that were killed before they could. */
function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, name, pid] = new RegExp(`^(${PREFIX}-(\\d+)-\\S+)`).exec(line) ?? [];
    if (name !== undefined && !isRunning(Number(pid))) ip('netns', 'delete', name);
  }
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has network namespaces';
  if (process.getuid?.() !== 0) return 'only root can make network namespaces';
  try {
    removeLeftovers();
    const network = new Network();
    try {
      network.add();
    } finally {
      network.remove();
    }
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'the program `ip` is missing (apt-get install iproute2)';
    return `this system lets nobody make a network of its own: ${message.replaceAll(/\s+/g, ' ').trim()}`;
  }
}

/** Why there can be no such network here, in a sentence; undefined when there can. */
export const whyNoNetwork = whyNot();
