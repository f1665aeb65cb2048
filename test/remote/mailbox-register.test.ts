import { expect, onTestFinished, test, vi } from 'vitest';
import { MailboxRegister } from '../../engine/remote/bullmq/mailbox-register.ts';
import { Jobs } from './jobs.ts';

/* Which mailboxes are removed, by a clock of the test's own. What a real server does with them is in bullmq.process.test.ts. */

const MINUTE = 60_000;

class Stage {
  readonly queue = new Jobs();
  readonly cleared: string[] = [];
  now = 1_700_000_000_000;
  isAway = false;

  register(secret = 'a secret of this test'): MailboxRegister {
    return new MailboxRegister(this.queue, {
      secret,
      now: async () => {
        if (this.isAway) throw new Error('The server is away.');
        return this.now;
      },
      clear: async address => void this.cleared.push(address),
    });
  }

  get addresses(): string[] {
    return [...this.queue.jobs.keys()];
  }
}

test('a mailbox of which nothing was said for an hour is removed by whoever comes later, and none before', async () => {
  const stage = new Stage();
  await stage.register().say('killed');
  stage.now += 59 * MINUTE;
  const later = stage.register();
  await later.say('alive');
  await later.sweep();
  expect(stage.cleared).toEqual([]);
  stage.now += MINUTE;
  await later.sweep();
  expect(stage.cleared).toEqual(['killed']);
  expect(stage.addresses).toEqual(['alive']);
});

test('a mailbox with another secret, or at the place of another one, is none of ours', async () => {
  const stage = new Stage();
  await stage.register('the secret of others').say('stranger');
  const mine = stage.register();
  await mine.say('mine');
  const [signed] = stage.queue.jobs.values();
  stage.queue.jobs.set('at another place', stage.queue.jobs.get('mine') ?? signed);
  stage.now += 24 * 60 * MINUTE;
  await mine.say('mine');
  await mine.sweep();
  expect(stage.cleared).toEqual([]);
  expect(stage.addresses).toEqual(['stranger', 'mine', 'at another place']);
});

test('a server whose clock is set back removes nothing', async () => {
  const stage = new Stage();
  const register = stage.register();
  await register.say('alive');
  stage.now -= 24 * 60 * MINUTE;
  await register.sweep();
  expect(stage.cleared).toEqual([]);
});

test('what is interrupted while it is removed is removed by whoever comes next', async () => {
  const stage = new Stage();
  await stage.register().say('killed');
  stage.now += 61 * MINUTE;
  const interrupted = new MailboxRegister(stage.queue, {
    secret: 'a secret of this test',
    now: async () => stage.now,
    clear: () => Promise.reject(new Error('killed in the middle')),
  });
  await expect(interrupted.sweep()).rejects.toThrow('killed in the middle');
  await stage.register().sweep();
  expect(stage.cleared).toEqual(['killed']);
});

test('as long as a process keeps its mailbox it says so each minute, and sweeps each ten, also after the server was away', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const stage = new Stage();
  await stage.register().say('killed');
  stage.now += 30 * MINUTE;
  const settled = () => new Promise(resolve => setImmediate(resolve));
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      stage.now += MINUTE;
      vi.advanceTimersByTime(MINUTE);
      await settled();
    }
  };
  const forget = stage.register().keep('alive');
  await settled();
  expect(stage.addresses).toEqual(['killed', 'alive']);
  stage.isAway = true;
  await pass(20);
  stage.isAway = false;
  await pass(9);
  expect(stage.cleared).toEqual([]);
  await pass(2);
  expect(stage.cleared).toEqual(['killed']);
  // Longer than a mailbox may be without a word.
  await pass(90);
  expect(stage.cleared).toEqual(['killed']);
  expect(stage.addresses).toEqual(['alive']);
  await forget();
  expect(stage.addresses).toEqual([]);
  await pass(20);
  expect(stage.addresses).toEqual([]);
});

test('a process whose server answers nothing ends all the same', async () => {
  const stage = new Stage();
  const register = new MailboxRegister(stage.queue, {
    secret: 'a secret of this test',
    now: () => new Promise(() => {}),
    clear: async () => {},
  });
  const forget = register.keep('mine');
  await forget();
  expect(stage.cleared).toEqual([]);
});
