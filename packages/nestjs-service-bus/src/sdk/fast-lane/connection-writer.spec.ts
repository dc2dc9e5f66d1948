import { describe, expect, it } from '@jest/globals';

import { type RheaSession } from './rhea-link.js';
import { ConnectionWriter } from './connection-writer.js';

/** A connection as rhea keeps it: asks all its sessions at the end of a turn in which somebody asked for that. */
class Connection {
  registered = false;
  readonly written: string[] = [];
  socket = {
    cork: () => void this.written.push('cork'),
    uncork: () => void this.written.push('uncork'),
    write: (bytes: Buffer) => this.written.push(bytes.toString()) > 0,
    end: () => void this.written.push('end'),
  };
  readonly sessions = ['a', 'b'].map((name, channel) => ({
    local: { channel },
    _process: (): void => void this.socket.write(Buffer.from(name)),
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
    expect(connection.written.splice(0)).toEqual(['ab']);
    writer.schedule(connection.session(1));
    writer.schedule(connection.session(1));
    await endOfTurn();
    expect(connection.written.splice(0)).toEqual(['b']);
    writer.schedule(connection.session(0));
    await endOfTurn();
    expect(connection.written).toEqual(['a']);
  });

  it('asks all when rhea or the SDK has something to write, whichever session that is for', async () => {
    const connection = new Connection();
    const writer = ConnectionWriter.of(connection);
    await endOfTurn();
    writer.schedule(connection.session(0));
    connection._register();
    await endOfTurn();
    expect(connection.written).toEqual(['ab']);
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
    expect(connection.written).toEqual([]);
  });

  it('does not copy what is large, and still has it written together', async () => {
    const connection = new Connection();
    const large = 'x'.repeat(70_000);
    connection.sessions[0] = {
      local: { channel: 0 },
      _process: () => void connection.socket.write(Buffer.from(large)),
    };
    ConnectionWriter.of(connection);
    connection._register();
    await endOfTurn();
    expect(connection.written).toEqual(['cork', large, 'b', 'uncork']);
  });

  it('writes what there is before the connection ends, and at once outside of its turns', async () => {
    const connection = new Connection();
    const [first, last] = connection.sessions;
    if (!first || !last) throw new Error('there are no sessions');
    last._process = () => connection.socket.end();
    ConnectionWriter.of(connection);
    connection._register();
    await endOfTurn();
    connection.socket.write(Buffer.from('c'));
    expect(connection.written).toEqual(['a', 'end', 'c']);
  });

  it('goes on with the next socket when the connection is made anew', async () => {
    const connection = new Connection();
    const writer = ConnectionWriter.of(connection);
    connection._register();
    await endOfTurn();
    const again: string[] = [];
    connection.socket = { ...connection.socket, write: (bytes) => again.push(bytes.toString()) > 0 };
    connection._register();
    await endOfTurn();
    writer.schedule(connection.session(1));
    await endOfTurn();
    expect(connection.written).toEqual(['ab']);
    expect(again).toEqual(['ab', 'b']);
  });

  it('is one for each connection', () => {
    const connection = new Connection();
    expect(ConnectionWriter.of(connection)).toBe(ConnectionWriter.of(connection));
    expect(ConnectionWriter.of(connection)).not.toBe(ConnectionWriter.of(new Connection()));
  });
});
