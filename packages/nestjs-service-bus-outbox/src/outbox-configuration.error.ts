/** An option of the module is wrong. */
export class OutboxConfigurationError extends Error {
  override readonly name = 'OutboxConfigurationError';
}
