import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect } from '@jest/globals';

import { type EmulatorOptions, overPlainHttp } from '../../src/index.js';
import { EmulatorScene } from './emulator-scene.js';

export interface RawAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** An emulator with an administration client of the SDK on its one port. */
export class AdministrationScene extends EmulatorScene {
  administration!: ServiceBusAdministrationClient;

  override async open(): Promise<void> {
    await super.open();
    this.administration = this.administer();
  }

  /** A further client, for another connection string. */
  administer(connectionString = this.emulator.connectionString): ServiceBusAdministrationClient {
    return overPlainHttp(new ServiceBusAdministrationClient(connectionString));
  }

  /** Host and port, as they stand in URIs. */
  get host(): string {
    return `127.0.0.1:${this.emulator.port}`;
  }

  /** One request as it stands, without a token. */
  async request(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<RawAnswer> {
    const url = `http://${this.host}/${path}`;
    const response = await fetch(url, { method, ...(body !== undefined && { body }) });
    const type = response.headers.get('content-type');
    return { status: response.status, type, text: await response.text() };
  }
}

/** A scene for all tests of the enclosing `describe`. */
export function administrationScene(
  entities: EmulatorOptions['entities'] = {},
  options: Omit<EmulatorOptions, 'entities'> = {},
): AdministrationScene {
  const scene = new AdministrationScene(entities, options);
  beforeAll(() => scene.open());
  afterAll(() => scene.close());
  return scene;
}

/** What a refused request is compared with. */
export function refusal(statusCode: number, code: string, message = /^SubCode=/): object {
  return {
    name: 'RestError',
    statusCode,
    code,
    message: expect.stringMatching(message) as unknown,
  };
}

export const notFound = (): object => refusal(404, 'MessageEntityNotFoundError', /could not be found/);

export const alreadyExists = (): object =>
  refusal(409, 'MessageEntityAlreadyExistsError', /SubCode=40900\..*exists/);

export const badRequest = (message: RegExp): object => refusal(400, 'ServiceError', message);
