import { describe, expect, it } from '@jest/globals';

import { type RheaSession } from './rhea-link.js';
import { ConnectionWriter } from './connection-writer.js';

/** A connection as rhea keeps it: asks all its sessions at the end of a turn in which somebody asked for that. */
class Connection {
  registered = false;
  readonly written: string[] = [];
  readonly socket = {
    cork: () => this.written.push('cork'),
    uncork: () => this.written.push('uncork'),
  };
  readonly sessions = ['a', 'b'].map((name, channel) => ({
    local: { channel },
    _process: () => void this.written.push(name),
  }));
  readonly local_channel_map: Record<number, RheaSession> = Object.fromEntries(
    this.sessions.map((session, channel) => [channel, session as unknown as RheaSession]),
  );

  _register(): void {
    if (this.registered) return;
    this.registered = true;
    process.nextTick(() => this._process());
  }

  _process(): void {
    this.registered = false;
    for (const session of this.sessions) session._process();
  }

  session(index: number): RheaSession {
    return this.sessions[index] as unknown as RheaSession;
  }
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ConnectionWriter', () => {
  it('asks only those sessions that have something to write, once a turn, and writes it in one piece', async () => {
    const connection = new Connection();
    const writer = ConnectionWriter.of(connection);
    connection._register();
    await endOfTurn();
    expect(connection.written.splice(0)).toEqual(['cork', 'a', 'b', 'uncork']);
    writer.schedule(connection.session(1));
    writer.schedule(connection.session(1));
    await endOfTurn();
    expect(connection.written.splice(0)).toEqual(['cork', 'b', 'uncork']);
    writer.schedule(connection.session(0));
    await endOfTurn();
    expect(connection.written).toEqual(['cork', 'a', 'uncork']);
  });

  it('asks all when rhea or the SDK has something to write, whichever session that is for', async () => {
    const connection = new Connection();
    const writer = ConnectionWriter.of(connection);
    await endOfTurn();
    writer.schedule(connection.session(0));
    connection._register();
    await endOfTurn();
    expect(connection.written).toEqual(['cork', 'a', 'b', 'uncork']);
  });

  it('writes nothing for a session that has ended, whoever has its channel now', async () => {
    const connection = new Connection();
    const writer = ConnectionWriter.of(connection);
    connection._register();
    await endOfTurn();
    connection.written.length = 0;
    delete connection.local_channel_map[0];
    connection.local_channel_map[1] = connection.session(0);
    writer.schedule(connection.session(0));
    writer.schedule(connection.session(1));
    await endOfTurn();
    expect(connection.written).toEqual(['cork', 'uncork']);
  });

  it('is one for each connection', () => {
    const connection = new Connection();
    expect(ConnectionWriter.of(connection)).toBe(ConnectionWriter.of(connection));
    expect(ConnectionWriter.of(connection)).not.toBe(ConnectionWriter.of(new Connection()));
  });
});
