import { type AmqpError } from '../amqp-error.js';
import { type Authorizer, type Claim } from './authorizer.js';
import { type Right } from './right.js';

// setTimeout takes a signed 32-bit number of milliseconds.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Why a link is detached when its token has expired. */
export const EXPIRED: AmqpError = {
  condition: 'amqp:unauthorized-access',
  description: 'ExpiredToken: the token is expired.',
};

/**
 * The rights that a client has proved on one connection, until they expire. They expire by the time of day, whatever
 * the emulator's clock says, because clients create their tokens by it.
 */
export class Claims {
  readonly #byPath = new Map<string, Claim>();
  #timer: NodeJS.Timeout | undefined;
  #isProved = false;

  constructor(
    private readonly authorizer: Authorizer,
    /** Called when a right has expired. */
    private readonly ended: () => void,
  ) {}

  /** Whether the client has ever proved a right: a stranger gets less of what is limited. */
  get isProved(): boolean {
    return this.#isProved;
  }

  grant(claim: Claim): void {
    this.#isProved = true;
    this.#byPath.set(claim.path, claim);
    this.#watch();
  }

  /** @throws BrokerError unauthorized-access unless the client has one of the rights on the address */
  authorize(address: string, ...rights: Right[]): void {
    this.authorizer.authorize(this.#byPath.values(), address, rights, Date.now());
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#byPath.clear();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    let nextMs = Infinity;
    for (const { expiresAtMs } of this.#byPath.values()) nextMs = Math.min(nextMs, expiresAtMs);
    if (nextMs === Infinity) return;
    const delayMs = Math.min(Math.max(0, nextMs - Date.now()), MAX_TIMEOUT_MS);
    this.#timer = setTimeout(() => this.#end(), delayMs).unref();
  }

  #end(): void {
    const before = this.#byPath.size;
    for (const [path, { expiresAtMs }] of this.#byPath) {
      if (expiresAtMs <= Date.now()) this.#byPath.delete(path);
    }
    if (this.#byPath.size < before) this.ended();
    this.#watch();
  }
}
