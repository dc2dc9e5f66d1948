import { type ServiceBusError } from '@azure/service-bus';

import { type Operation } from './conditions.js';
import { refusal, toRefusal } from './refusal.js';
import { type SimulatedConnection } from './simulated-connection.js';

/** The timeout of the client's receivers (RECEIVER_RETRY_OPTIONS). */
const TIMEOUT_MS = 15_000;

/** The path of a request and its answer: a closed end lets nothing through. */
export interface Way {
  readonly isOpenAtBroker: boolean;
  readonly isOpenAtClient: boolean;
}

/** The management node, reachable as long as the connection is. */
export const MANAGEMENT: Way = { isOpenAtBroker: true, isOpenAtClient: true };

/** A request, its path, and the callbacks for its answer. */
export interface Exchange<T> {
  readonly operation: Operation;
  readonly way: Way;
  /** At the broker. @throws BrokerError */
  readonly apply: () => T;
  readonly done: (result: T) => void;
  readonly refused: (error: ServiceBusError) => void;
}

/** Sends a request to the broker, without a timeout. */
export function exchange<T>(connection: SimulatedConnection, asked: Exchange<T>): void {
  const { operation, way, apply, done, refused } = asked;
  const answer = (hear: () => void): void => {
    const arrive = (): void => {
      if (way.isOpenAtClient) hear();
    };
    if (way === MANAGEMENT) connection.toClientFromManagement(arrive);
    else connection.toClient(arrive);
  };
  connection.toBroker(() => {
    if (!way.isOpenAtBroker) return;
    const effect = connection.conditions.effectOn(operation);
    if (effect === 'not-done') return;
    if (effect !== undefined && effect !== 'not-answered') return answer(() => refused(refusal(effect)));
    try {
      const result = apply();
      if (effect === undefined) answer(() => done(result));
    } catch (error) {
      const refusalOfBroker = toRefusal(error);
      answer(() => refused(refusalOfBroker));
    }
  });
}

/** Sends a request as the SDK does, without retries: waits for a connection, and times out. */
export function request<T>(
  connection: SimulatedConnection,
  operation: Operation,
  way: Way,
  apply: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      reject(refusal('ServiceTimeout'));
    }, TIMEOUT_MS);
    const done = (result: T): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const refused = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    connection.whenUp(() => {
      if (!isOver) exchange(connection, { operation, way, apply, done, refused });
    });
  });
}
