/** A receiving link that can be silenced: it delivers nothing. */
export interface SilenceableLink {
  readonly address: string;
  /** Stops delivering, or delivers again what its credit allows. */
  silence(isSilent: boolean): void;
}

/** A connection that can be silenced: it carries nothing. */
export interface SilenceableConnection {
  silence(): void;
  drop(): void;
}

interface NextLinks {
  remaining: number;
  /** In lower case; undefined for every entity. */
  readonly entity: string | undefined;
}

/** Silent links and connections: they are open, look healthy, and are dead. */
export class Silences {
  readonly #links = new Map<SilenceableLink, boolean>();
  readonly #connections = new Set<SilenceableConnection>();
  #silentConnections: SilenceableConnection[] = [];
  #nextLinks: NextLinks[] = [];

  /** Silences the open links on an entity, or on all, and the next `count` links. */
  silenceLinks(entity: string | undefined, count: number): void {
    const key = entity?.toLowerCase();
    for (const link of this.#links.keys()) {
      if (key === undefined || link.address.toLowerCase() === key) this.#silence(link);
    }
    if (count > 0) this.#nextLinks.push({ remaining: count, entity: key });
  }

  /** Silences the open connections. */
  silenceConnections(): void {
    for (const connection of this.#connections) connection.silence();
    this.#silentConnections = [...this.#connections];
  }

  /** Lets silent links deliver again; cuts silent connections, which have lost too much to recover. */
  clear(): void {
    this.#nextLinks = [];
    for (const [link, isSilent] of this.#links) {
      this.#links.set(link, false);
      if (isSilent) link.silence(false);
    }
    for (const connection of this.#silentConnections.splice(0)) connection.drop();
  }

  linkOpened(link: SilenceableLink): void {
    const address = link.address.toLowerCase();
    const next = this.#nextLinks.find(
      ({ remaining, entity }) => remaining > 0 && (entity === undefined || entity === address),
    );
    this.#links.set(link, false);
    if (!next) return;
    next.remaining -= 1;
    this.#silence(link);
  }

  linkClosed(link: SilenceableLink): void {
    this.#links.delete(link);
  }

  connectionOpened(connection: SilenceableConnection): void {
    this.#connections.add(connection);
  }

  connectionClosed(connection: SilenceableConnection): void {
    this.#connections.delete(connection);
    this.#silentConnections = this.#silentConnections.filter((silent) => silent !== connection);
  }

  #silence(link: SilenceableLink): void {
    this.#links.set(link, true);
    link.silence(true);
  }
}
