import { type RheaConnection, type RheaSession } from './rhea-link.js';
import { WrittenTogether, type WritingSocket } from './written-together.js';

const WRITERS = new WeakMap<RheaConnection, ConnectionWriter>();

/**
 * Writes once per turn of the event loop, in one piece, and only for those sessions that have something to write. rhea
 * writes frame by frame, a system call each, and processes all sessions whenever one of them has something to write:
 * with a session for each binding, the cost of a message grows with the number of bindings.
 */
export class ConnectionWriter {
  private sessions = new Set<RheaSession>();
  /** rhea or the SDK has something to write, and does not say for which session. */
  private isForAll = true;
  private readonly register: () => void;
  private together?: WrittenTogether;

  private constructor(private readonly connection: RheaConnection) {
    this.register = connection._register.bind(connection);
    const processAll = connection._process.bind(connection);
    connection._register = () => {
      this.isForAll = true;
      this.register();
    };
    connection._process = () => this.write(processAll);
  }

  static of(connection: RheaConnection): ConnectionWriter {
    let writer = WRITERS.get(connection);
    if (!writer) WRITERS.set(connection, (writer = new ConnectionWriter(connection)));
    return writer;
  }

  /** Has the session write at the end of this turn. */
  schedule(session: RheaSession): void {
    this.sessions.add(session);
    this.register();
  }

  private write(processAll: () => void): void {
    const { connection, sessions } = this;
    const together = this.togetherOn(connection.socket);
    together?.begin();
    try {
      this.sessions = new Set();
      if (this.isForAll) {
        this.isForAll = false;
        return processAll();
      }
      connection.registered = false;
      for (const session of sessions) {
        // A session that has ended meanwhile no longer owns its channel.
        if (connection.local_channel_map[session.local.channel] === session) session._process();
      }
    } finally {
      together?.end();
    }
  }

  /** A connection gets another socket when it connects again. */
  private togetherOn(socket: WritingSocket | undefined): WrittenTogether | undefined {
    if (socket && this.together?.socket !== socket) this.together = new WrittenTogether(socket);
    return socket && this.together;
  }
}
