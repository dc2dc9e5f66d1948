/** A receiving link that can be made to deliver nothing. */
export interface SilenceableLink {
  readonly address: string;
  /** Delivers nothing from now on, or again what its credit allows. */
  silence(isSilent: boolean): void;
}

/** A connection that can be made to carry nothing. */
export interface SilenceableConnection {
  silence(): void;
  drop(): void;
}

interface NextLinks {
  remaining: number;
  /** In lower case; undefined for every entity. */
  readonly entity: string | undefined;
}

/** Links and connections that are open, look well, and are dead. */
export class Silences {
  readonly #links = new Map<SilenceableLink, boolean>();
  readonly #connections = new Set<SilenceableConnection>();
  #silentConnections: SilenceableConnection[] = [];
  #nextLinks: NextLinks[] = [];

  /** Silences the links that are open on an entity, or all of them, and the next `count` ones. */
  silenceLinks(entity: string | undefined, count: number): void {
    const key = entity?.toLowerCase();
    for (const link of this.#links.keys()) {
      if (key === undefined || link.address.toLowerCase() === key) this.#silence(link);
    }
    if (count > 0) this.#nextLinks.push({ remaining: count, entity: key });
  }

  /** Silences the connections that are open. */
  silenceConnections(): void {
    for (const connection of this.#connections) connection.silence();
    this.#silentConnections = [...this.#connections];
  }

  /** Lets silent links deliver again; a silent connection has lost too much and is cut. */
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
