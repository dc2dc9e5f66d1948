/** The broker did not answer in the time that an HTTP client may wait. */
export class BrokerTimeoutError extends Error {
  override readonly name = 'BrokerTimeoutError';

  constructor(readonly timeoutMs: number) {
    super(`Service Bus did not answer within ${timeoutMs} ms`);
  }
}

/** How long an HTTP client may wait for the broker. */
export const BROKER_TIMEOUT_MS = 5_000;

/**
 * Waits for the broker's answer, as long as a client may wait; the operation may still succeed later.
 * @throws BrokerTimeoutError
 */
export async function answerOf<Answer>(request: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BrokerTimeoutError(BROKER_TIMEOUT_MS)), BROKER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([request, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
