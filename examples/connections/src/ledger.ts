import { Inject, Injectable } from '@nestjs/common';
import { RetryException } from 'nestjs-service-bus';

import { type Sale } from './sale.js';

export const LEDGER_URL = Symbol('LEDGER_URL');

/** The client of a service over HTTP. When that is busy, it says how long: the message waits as long, and no longer. */
@Injectable()
export class Ledger {
  constructor(@Inject(LEDGER_URL) private readonly url: string) {}

  async enter(sale: Sale, signal: AbortSignal): Promise<void> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sale),
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    const text = await answer.text();
    if (answer.ok) return;
    const error = new Error(`the ledger answers ${answer.status}: ${text}`, { cause: answer });
    // With a Retry-After, a RetryException; any other error is tried again by the binding's backoff.
    throw RetryException.from(error);
  }
}
