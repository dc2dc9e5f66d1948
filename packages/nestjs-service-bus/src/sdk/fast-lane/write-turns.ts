import { type RheaConnection, type RheaSession } from './rhea-link.js';

const TURNS = new WeakMap<RheaConnection, WriteTurns>();

/**
 * What a connection writes in one turn of the event loop: in one piece, and on behalf of those sessions only that have
 * something to write. rhea writes frame by frame, a system call each, and asks all sessions whenever one of them has
 * something to write: with a session for each binding, each message then costs more the more bindings there are.
 */
export class WriteTurns {
  private sessions = new Set<RheaSession>();
  /** Somebody has something to write who does not say for which session: rhea itself, or the SDK. */
  private isForAll = true;
  private readonly register: () => void;

  private constructor(private readonly connection: RheaConnection) {
    this.register = connection._register.bind(connection);
    const processAll = connection._process.bind(connection);
    connection._register = () => {
      this.isForAll = true;
      this.register();
    };
    connection._process = () => this.write(processAll);
  }

  static of(connection: RheaConnection): WriteTurns {
    let turns = TURNS.get(connection);
    if (!turns) TURNS.set(connection, (turns = new WriteTurns(connection)));
    return turns;
  }

  /** The session has something to write, at the end of this turn. */
  add(session: RheaSession): void {
    this.sessions.add(session);
    this.register();
  }

  private write(processAll: () => void): void {
    const { connection, sessions } = this;
    // WebSockets have no corks.
    const { socket } = connection;
    socket?.cork?.();
    try {
      this.sessions = new Set();
      if (this.isForAll) {
        this.isForAll = false;
        return processAll();
      }
      connection.registered = false;
      for (const session of sessions) {
        // One that has ended meanwhile has no channel any more, or another has it.
        if (connection.local_channel_map[session.local.channel] === session) session._process();
      }
    } finally {
      socket?.uncork?.();
    }
  }
}
