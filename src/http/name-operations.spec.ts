import { describe, expect, it } from '@jest/globals';
import { type OpenAPIObject } from '@nestjs/swagger';

import { nameOperations } from './name-operations.js';

describe('nameOperations', () => {
  it('makes names of paths, and of methods where a path has several', () => {
    const operation = { responses: {} };
    const document = {
      openapi: '3.0.0',
      info: { title: '', version: '1' },
      paths: {
        '/': { get: { ...operation } },
        '/health/ready': { get: { ...operation } },
        '/queues/{name}': { get: { ...operation }, delete: { ...operation } },
      },
    } as OpenAPIObject;
    nameOperations(document);
    const ids = Object.values(document.paths).flatMap(({ get, delete: remove }) => [
      get?.operationId,
      remove?.operationId,
    ]);
    expect(ids).toEqual([
      'startPage',
      undefined,
      'healthReady',
      undefined,
      'getQueuesName',
      'deleteQueuesName',
    ]);
  });
});
