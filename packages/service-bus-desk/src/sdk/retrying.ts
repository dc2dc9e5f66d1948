import { type ServiceBusError } from '@azure/service-bus';

const MAX_TRIES = 6;
const FIRST_DELAY_MS = 400;
const MAX_DELAY_MS = 15_000;
/** [Service Bus throttling] A broker that throttles wants to be left in peace for two seconds at least. */
const THROTTLED_DELAY_MS = 2_000;

const UNNAMED = new Set(['Error', 'MessagingError']);

/** Returns the error that the SDK threw last: it tries several times, and then throws all errors in one. */
export function lastError(error: unknown): unknown {
  const { errors } = (error ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? errors.at(-1) : error;
}

/** Returns the SDK's code of an error, such as `MessageLockLost`; undefined for what is none of its errors. */
export function codeOf(error: unknown): ServiceBusError['code'] | undefined {
  const { name, code } = (lastError(error) ?? {}) as { name?: unknown; code?: unknown };
  return name === 'ServiceBusError' ? (code as ServiceBusError['code']) : undefined;
}

/** Whether trying again may help: the way to the broker failed, or it had no time. */
export function isTransient(error: unknown): boolean {
  const last = (lastError(error) ?? {}) as { retryable?: unknown; name?: unknown; code?: unknown };
  const { retryable, name } = last;
  const code = codeOf(error);
  // What a lost connection does to requests on their way, the SDK has no names for.
  if (code === undefined && last.code === undefined && UNNAMED.has(String(name))) return true;
  // The SDK counts as retryable what only a new key can help.
  if (code === 'UnauthorizedAccess') return false;
  return retryable === true || code === 'ServiceCommunicationProblem' || name === 'OperationTimeoutError';
}

/** Does something until it succeeds, fails for good, or has failed some times; rejects with the last error. */
export async function retrying<Result>(
  work: () => Promise<Result>,
  signal?: AbortSignal,
  wait: (ms: number, signal?: AbortSignal) => Promise<void> = pause,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_TRIES || !isTransient(error)) throw error;
      const delayMs = Math.min(FIRST_DELAY_MS * 2 ** tries, MAX_DELAY_MS) * (0.8 + Math.random() * 0.4);
      await wait(codeOf(error) === 'ServiceBusy' ? Math.max(delayMs, THROTTLED_DELAY_MS) : delayMs, signal);
    }
  }
}

/** Waits, and ends early, without an error, when the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
