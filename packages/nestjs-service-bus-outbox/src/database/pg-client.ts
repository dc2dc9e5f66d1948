interface PgResult {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number | null;
}

/** The part of `pg`'s pool that is used. */
export interface PgPool {
  /** Runs a statement on any of its connections. */
  query(text: string, parameters: unknown[]): Promise<PgResult>;
  /** Closes all of its connections. */
  end(): Promise<void>;
  /** Tells of idle connections that are lost. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The part of `pg`'s client that is used. */
export interface PgClient {
  /** Connects it, once. */
  connect(): Promise<unknown>;
  /** Runs a statement. */
  query(text: string): Promise<unknown>;
  /** Closes its connection. */
  end(): Promise<void>;
  /** Tells of the connection's end. */
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
  /** Tells of notifications. */
  on(
    event: 'notification',
    listener: (notification: { readonly payload?: string | undefined }) => void,
  ): unknown;
}
