import { BrokerError, type ErrorCondition, messageLockLost } from '../../model/broker-error.js';
import { Silences } from './silences.js';

interface Counted {
  remaining: number;
  readonly error: BrokerError;
  /** In lower case; undefined for every entity. */
  readonly entity: string | undefined;
}

/** Failures that a test orders, carried out by the emulator at the places where the cloud has them. */
export class Faults {
  #sendRefusals: Counted[] = [];
  #renewalFailures: Counted[] = [];
  #settlementFailures: Counted[] = [];
  #tokenRefusals: Counted[] = [];
  #delays: { milliseconds: number; entity: string | undefined }[] = [];
  readonly #silences = new Silences();

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

  /** Refuses the next `count` tokens that clients put, for one entity or any, as if they were not valid. */
  refuseTokens(count: number, entity?: string): void {
    const error = new BrokerError('amqp:unauthorized-access', 'The emulator was told to refuse this token.');
    this.#tokenRefusals.push(counted(count, error, entity));
  }

  /** Holds back answers to sends, settlements and management requests by so many milliseconds, until `clear`. */
  delayAnswers(milliseconds: number, entity?: string): void {
    this.#delays.push({ milliseconds, entity: entity?.toLowerCase() });
  }

  /**
   * Lets the receiving links that are open, on one entity or on any, deliver nothing whatever credit they have, and
   * the next `count` ones too (`Infinity`: all), until `clear`. They stay open, and settle what they have delivered.
   */
  silenceLinks(entity?: string, count = 0): void {
    this.#silences.silenceLinks(entity, count);
  }

  /**
   * Lets the connections that are open carry nothing any more in either direction, heartbeats included, and tells
   * their clients nothing. New ones work. `clear` cuts them.
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
    this.#delays = [];
  }

  /** Where links and connections report themselves. */
  get silences(): Silences {
    return this.#silences;
  }

  takeSendRefusal(address: string): BrokerError | undefined {
    return take(this.#sendRefusals, address);
  }

  takeRenewalFailure(address: string): BrokerError | undefined {
    return take(this.#renewalFailures, address);
  }

  takeSettlementFailure(address: string): BrokerError | undefined {
    return take(this.#settlementFailures, address);
  }

  takeTokenRefusal(address: string): BrokerError | undefined {
    return take(this.#tokenRefusals, address);
  }

  /** Runs an answer now, or later if answers of this entity are held back. */
  delayAnswer(address: string, answer: () => void): void {
    const delay = this.#delays.find(({ entity }) => isFor(entity, address));
    if (delay) this.delay(delay.milliseconds, answer);
    else answer();
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
