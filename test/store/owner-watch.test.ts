import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { LEASE_MS, OwnerWatch, type HeldLease } from '../../engine/store/owner-watch.ts';
import { ProcessIdentities } from '../../engine/store/process-identity.ts';
import type { ProcessSource } from '../../engine/store/process-start.ts';

/** A Linux in which each process has the number 7, as in containers, and this one has its own. */
class Linux implements ProcessSource {
  readonly platform = 'linux';
  readonly env = {};
  readonly run = () => '';
  readonly runLater = () => undefined;
  readonly now = () => 0;
  boot = 'boot-1';
  pidNamespace = 'pid:[1]';
  timeNamespace = 'time:[1]';
  machine = '';
  /** The number by which /proc knows this process. */
  self = String(process.pid);
  isThere = true;
  start = '100';

  readonly exists = () => this.isThere;

  readonly readLink = (file: string): string => {
    if (file === '/proc/self') return this.self;
    return file.endsWith('/pid') ? this.pidNamespace : this.timeNamespace;
  };

  readonly readFile = (file: string): string => {
    if (file.endsWith('/boot_id')) return `${this.boot}\n`;
    if (file === '/etc/machine-id') {
      if (this.machine === '') throw new Error('ENOENT');
      return `${this.machine}\n`;
    }
    return `7 (node) S ${'0 '.repeat(18)}${this.start} 0`;
  };
}

function linux(change: (system: Linux) => void = () => {}): Linux {
  const system = new Linux();
  change(system);
  return system;
}

/** A lease of process 7 of a system, last heard of at `heartbeat` by the clock there. */
function leaseOf(system: Linux, heartbeat = 1_000): HeldLease {
  return { ...new ProcessIdentities(system).of(7), owner: 'owner', heartbeat };
}

/** What is known of owners by a process of a system, which looks at a clock of its own. */
class Observer {
  time = 0;
  readonly #watch: OwnerWatch;

  constructor(system: Linux) {
    this.#watch = new OwnerWatch(new ProcessIdentities(system), () => this.time);
  }

  sees(lease: HeldLease, after = 0): string {
    this.time += after;
    return this.#watch.stateOf(lease);
  }
}

const MACHINE = '3d1219c7c4c5404aaa1f6d2a48adfda4';

describe('an owner whose process can be seen from here', () => {
  test('is alive, however long it gives no sign of life', () => {
    const observer = new Observer(linux());
    expect(observer.sees(leaseOf(linux()))).toBe('alive');
    expect(observer.sees(leaseOf(linux()), 10 * LEASE_MS)).toBe('alive');
  });

  test('is gone with its process, also when another one has its number', () => {
    expect(new Observer(linux(system => (system.isThere = false))).sees(leaseOf(linux()))).toBe('gone');
    expect(new Observer(linux(system => (system.start = '200'))).sees(leaseOf(linux()))).toBe('gone');
  });

  test('is known also after the machine was renamed', () => {
    expect(new Observer(linux()).sees({ ...leaseOf(linux()), host: `not-${hostname()}` })).toBe('alive');
  });

  test('is gone when the machine was started anew since then', () => {
    const before = linux(system => (system.machine = MACHINE));
    const after = linux(system => {
      system.machine = MACHINE;
      system.boot = 'boot-2';
    });
    expect(new Observer(after).sees(leaseOf(before))).toBe('gone');
  });
});

const ELSEWHERE: [string, (system: Linux) => void][] = [
  [
    'in a container beside this one, which has the same host name and process number',
    s => (s.pidNamespace = 'pid:[2]'),
  ],
  ['where start times are counted from another moment', s => (s.timeNamespace = 'time:[2]')],
  ['on another machine with the same host name', s => (s.boot = 'boot-2')],
  ['that can see only the processes of another place', s => (s.self = '1')],
];

describe.each(ELSEWHERE)('an owner %s', (_, change) => {
  const there = linux(change);

  test.each([0, -60_000, 60_000, -3_600_000])(
    'is not taken to be gone at first sight, with a clock that differs by %d ms',
    by => {
      // Neither by a number that nobody has here, nor by one that another process has.
      for (const isThere of [true, false])
        for (const start of ['100', '200']) {
          const here = linux(system => Object.assign(system, { isThere, start }));
          expect(new Observer(here).sees(leaseOf(there, Date.now() + by))).toBe('uncertain');
        }
    },
  );

  test('is alive as soon as it has given a sign of life, and as long as it does', () => {
    const observer = new Observer(linux());
    expect(observer.sees(leaseOf(there, 5_000))).toBe('uncertain');
    expect(observer.sees(leaseOf(there, 6_000), 1_000)).toBe('alive');
    // A clock that is set back is a sign of life, too.
    expect(observer.sees(leaseOf(there, 2_000), LEASE_MS - 1)).toBe('alive');
    expect(observer.sees(leaseOf(there, 2_000), LEASE_MS - 1)).toBe('alive');
    expect(observer.sees(leaseOf(there, 2_000), 1)).toBe('gone');
  });

  test('is gone after it was silent for a whole span, and not before', () => {
    const observer = new Observer(linux());
    expect(observer.sees(leaseOf(there))).toBe('uncertain');
    expect(observer.sees(leaseOf(there), LEASE_MS - 1)).toBe('uncertain');
    expect(observer.sees(leaseOf(there), 1)).toBe('gone');
  });

  test('that wakes after it was taken to be gone is alive again', () => {
    const observer = new Observer(linux());
    observer.sees(leaseOf(there, 1_000));
    expect(observer.sees(leaseOf(there, 1_000), LEASE_MS)).toBe('gone');
    expect(observer.sees(leaseOf(there, 9_000), 1_000)).toBe('alive');
  });
});

test('a process that cannot see where it is leaves every owner its time', () => {
  const lost = linux(system => (system.self = '1'));
  expect(new Observer(lost).sees(leaseOf(linux()))).toBe('uncertain');
  expect(new ProcessIdentities(lost).of(7).born).toBeUndefined();
});

test('what a store tells of a machine is not the name by which others know it', () => {
  expect(new ProcessIdentities(linux(system => (system.machine = MACHINE))).of(7).born).not.toContain(MACHINE);
});
