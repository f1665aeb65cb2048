import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ConnectionLimits, MOST_CONNECTIONS, MOST_STRANGERS } from '../../host/browser/connection-limits.ts';

/** What the limits see of a connection. */
class Connection extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function limited() {
  const server = Object.assign(new EventEmitter(), { maxConnections: 0 });
  const limits = new ConnectionLimits(server as unknown as Server);
  const connect = () => {
    const connection = new Connection();
    server.emit('connection', connection);
    return connection;
  };
  return { server, limits, connect };
}

test('with one stranger too many the oldest is disconnected, not the newest, and no page', () => {
  const { server, limits, connect } = limited();
  expect(server.maxConnections).toBe(MOST_CONNECTIONS);
  const page = connect();
  limits.trust(page as unknown as Socket);
  const strangers = Array.from({ length: MOST_STRANGERS }, connect);
  expect(strangers.some(({ destroyed }) => destroyed)).toBe(false);
  const newest = connect();
  expect([page, ...strangers.slice(0, 2), newest].map(({ destroyed }) => destroyed)).toEqual([
    false,
    true,
    false,
    false,
  ]);
});

test('a stranger that has gone makes room', () => {
  const { connect } = limited();
  const strangers = Array.from({ length: MOST_STRANGERS }, connect);
  strangers[5]?.emit('close');
  connect();
  expect(strangers.some(({ destroyed }) => destroyed)).toBe(false);
});
