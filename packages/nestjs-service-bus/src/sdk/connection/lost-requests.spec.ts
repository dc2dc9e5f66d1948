import { EventEmitter } from 'node:events';

import { type ServiceBusClient } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../../../test/support/until.js';
import { failLostRequests } from './lost-requests.js';

/** A request-response link as the SDK keeps it, with one request on its way. */
class RequestLink {
  readonly _responsesMap = new Map<string, object>();
  rejected: Error | undefined;
  isCleanedUp = false;

  constructor() {
    this.ask();
  }

  ask(): void {
    this.rejected = undefined;
    this._responsesMap.set('id', {
      reject: (error: Error) => (this.rejected = error),
      cleanupBeforeResolveOrReject: () => (this.isCleanedUp = true),
    });
  }
}

describe('failLostRequests', () => {
  let tokens: RequestLink;
  let management: RequestLink;
  let connection: EventEmitter;
  let context: {
    connection: { _connection: EventEmitter };
    cbsSession: { _cbsSenderReceiverLink: RequestLink };
    managementClients: Record<string, { _link?: RequestLink }>;
    refreshConnection(): void;
  };

  beforeEach(() => {
    tokens = new RequestLink();
    management = new RequestLink();
    connection = new EventEmitter();
    context = {
      connection: { _connection: connection },
      cbsSession: { _cbsSenderReceiverLink: tokens },
      managementClients: { work: { _link: management }, idle: {} },
      refreshConnection() {
        this.connection = { _connection: new EventEmitter() };
        this.cbsSession = { _cbsSenderReceiverLink: new RequestLink() };
      },
    };
    failLostRequests({ _connectionContext: context } as unknown as ServiceBusClient);
  });

  it('fails what is on its way when the connection is lost, as the network’s fault', () => {
    expect(tokens.rejected).toBeUndefined();
    connection.emit('disconnected');
    for (const link of [tokens, management]) {
      expect(link.rejected).toMatchObject({ name: 'RequestLostError', code: 'ECONNRESET' });
      expect(link.isCleanedUp).toBe(true);
      expect(link._responsesMap.size).toBe(0);
    }
  });

  it('fails what began between the loss and the next connection', () => {
    context.refreshConnection();
    expect(tokens.rejected).toBeDefined();
  });

  it('fails what is asked on the lost link later, also where the SDK has opened another one meanwhile', async () => {
    connection.emit('disconnected');
    const next = new RequestLink();
    context.cbsSession = { _cbsSenderReceiverLink: next };
    tokens.ask();
    await until(() => tokens.rejected !== undefined);
    expect(next.rejected).toBeUndefined();
  });

  it('watches over the next connection as well', () => {
    context.refreshConnection();
    const { cbsSession } = context;
    expect(cbsSession._cbsSenderReceiverLink.rejected).toBeUndefined();
    context.connection._connection.emit('disconnected');
    expect(cbsSession._cbsSenderReceiverLink.rejected).toBeDefined();
  });

  it('leaves a client alone that it does not know', () => {
    expect(() => failLostRequests({} as ServiceBusClient)).not.toThrow();
  });
});
