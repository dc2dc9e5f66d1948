/** The embedded PostgreSQL cannot be had, or does not start: says why, and what helps. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
