import { BrokerError } from '../broker-error.js';

const SECOND_MS = 1_000;

/**
 * Gives a namespace credits for each second, which its operations spend.
 * [Service Bus throttling, Standard tier: what is left is not saved; without credits requests are refused until the next
 * second. A request that begins with credits is carried out, whatever it costs.]
 */
export class Throttle {
  #second = -1;
  #left = 0;

  constructor(private readonly creditsPerSecond: number) {}

  /** @throws BrokerError server-busy if no credits are left */
  assertCredits(nowMs: number): void {
    if (this.#creditsAt(nowMs) > 0) return;
    // [Azure/azure-sdk-for-python#19376: condition and text]
    throw new BrokerError(
      'com.microsoft:server-busy',
      'The request was terminated because the namespace sbemulatorns is being throttled. Error code : 50009. ' +
        'Please wait 2 seconds and try again. To know more visit https://aka.ms/sbResourceMgrExceptions',
    );
  }

  spend(nowMs: number, credits: number): void {
    this.#left = this.#creditsAt(nowMs) - credits;
  }

  #creditsAt(nowMs: number): number {
    const second = Math.floor(nowMs / SECOND_MS);
    if (second !== this.#second) {
      this.#second = second;
      this.#left = this.creditsPerSecond;
    }
    return this.#left;
  }
}
