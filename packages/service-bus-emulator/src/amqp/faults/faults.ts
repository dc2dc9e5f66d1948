import { BrokerError, type ErrorCondition, messageLockLost } from '../../model/broker-error.js';
import { Silences } from './silences.js';

interface Counted {
  remaining: number;
  readonly error: BrokerError;
  /** In lower case; undefined for every entity. */
  readonly entity: string | undefined;
}

/** Failures that tests order; the emulator produces them where the cloud does. */
export class Faults {
  #sendRefusals: Counted[] = [];
  #renewalFailures: Counted[] = [];
  #settlementFailures: Counted[] = [];
  #tokenRefusals: Counted[] = [];
  #linkRefusals: Counted[] = [];
  #delays: { milliseconds: number; entity: string | undefined }[] = [];
  readonly #silences = new Silences();

  /** @internal */
  constructor(private readonly delay: (milliseconds: number, action: () => void) => void) {}

  /** Refuses the next `count` sends, to one entity or to any, with this condition. */
  refuseSends(count: number, condition: ErrorCondition = 'com.microsoft:server-busy', entity?: string): void {
    this.#sendRefusals.push(
      counted(count, new BrokerError(condition, 'The emulator was told to refuse this send.'), entity),
    );
  }

  /** Fails the next `count` renewals of message or session locks; the locks themselves stay as they are. */
  failRenewals(
    count: number,
    condition: ErrorCondition = 'com.microsoft:server-busy',
    entity?: string,
  ): void {
    this.#renewalFailures.push(
      counted(count, new BrokerError(condition, 'The emulator was told to fail this renewal.'), entity),
    );
  }

  /** Answers the next `count` settlements with "lock lost" and does not carry them out. */
  failSettlements(count: number, entity?: string): void {
    this.#settlementFailures.push(counted(count, messageLockLost(), entity));
  }

  /** Refuses the next `count` tokens that clients send, for one entity or any, as if they were invalid. */
  refuseTokens(count: number, entity?: string): void {
    const error = new BrokerError('amqp:unauthorized-access', 'The emulator was told to refuse this token.');
    this.#tokenRefusals.push(counted(count, error, entity));
  }

  /** Refuses the next `count` links that clients open to an entity, or to any, for sending or receiving. */
  refuseLinks(count: number, condition: ErrorCondition = 'com.microsoft:server-busy', entity?: string): void {
    const error = new BrokerError(condition, 'The emulator was told to refuse this link.');
    this.#linkRefusals.push(counted(count, error, entity));
  }

  /** Delays answers to sends, settlements and management requests by this many milliseconds, until `clear`. */
  delayAnswers(milliseconds: number, entity?: string): void {
    this.#delays.push({ milliseconds, entity: entity?.toLowerCase() });
  }

  /**
   * Stops the open receiving links, on one entity or on any, and the next `count` ones (`Infinity`: all) from
   * delivering, whatever their credit, until `clear`. They stay open and settle what they have delivered.
   */
  silenceLinks(entity?: string, count = 0): void {
    this.#silences.silenceLinks(entity, count);
  }

  /**
   * Stops all traffic on the open connections in both directions, heartbeats included, without telling the clients.
   * New connections work. `clear` cuts the silent ones.
   */
  silenceConnections(): void {
    this.#silences.silenceConnections();
  }

  /** Ends all ordered failures. */
  clear(): void {
    this.#silences.clear();
    this.#sendRefusals = [];
    this.#renewalFailures = [];
    this.#settlementFailures = [];
    this.#tokenRefusals = [];
    this.#linkRefusals = [];
    this.#delays = [];
  }

  /** Links and connections register here. */
  get silences(): Silences {
    return this.#silences;
  }

  /** @internal */
  takeSendRefusal(address: string): BrokerError | undefined {
    return take(this.#sendRefusals, address);
  }

  /** @internal */
  takeRenewalFailure(address: string): BrokerError | undefined {
    return take(this.#renewalFailures, address);
  }

  /** @internal */
  takeSettlementFailure(address: string): BrokerError | undefined {
    return take(this.#settlementFailures, address);
  }

  /** @internal */
  takeTokenRefusal(address: string): BrokerError | undefined {
    return take(this.#tokenRefusals, address);
  }

  /** @internal */
  takeLinkRefusal(address: string): BrokerError | undefined {
    return take(this.#linkRefusals, address);
  }

  /** Runs an answer now, or later if answers of this entity are delayed. */
  delayAnswer(address: string, answer: () => void): void {
    // Almost always: every send and every settlement is answered here.
    if (this.#delays.length === 0) return answer();
    const delayMs = this.#delayOf(address);
    if (delayMs === undefined) answer();
    else this.delay(delayMs, answer);
  }

  #delayOf(address: string): number | undefined {
    return this.#delays.find(({ entity }) => isFor(entity, address))?.milliseconds;
  }
}

function counted(remaining: number, error: BrokerError, entity: string | undefined): Counted {
  return { remaining, error, entity: entity?.toLowerCase() };
}

function take(faults: Counted[], address: string): BrokerError | undefined {
  if (faults.length === 0) return undefined;
  const fault = faults.find(({ remaining, entity }) => remaining > 0 && isFor(entity, address));
  if (!fault) return undefined;
  fault.remaining -= 1;
  return fault.error;
}

function isFor(entity: string | undefined, address: string): boolean {
  return entity === undefined || address.toLowerCase() === entity;
}
