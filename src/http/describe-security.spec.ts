import { describe, expect, it } from '@jest/globals';
import { type OpenAPIObject } from '@nestjs/swagger';

import { type Authentication } from './authentication/authentication-options.js';
import { describeSecurity } from './describe-security.js';

const TOKENS = { issuer: 'https://login.example.com', audiences: ['api://service'], roles: {} };

function described(authentication: Authentication): OpenAPIObject {
  const document = {
    openapi: '3.0.0',
    info: { title: '', version: '1' },
    components: { schemas: { Kept: { type: 'object' } } },
    paths: {
      '/send': { post: { 'x-required-role': 'send', responses: { 200: { description: 'Sent.' } } } },
      '/health': { get: { 'x-role-for-details': 'operate', responses: {} } },
      '/open': { get: { responses: {} } },
    },
  } as OpenAPIObject;
  describeSecurity(document, authentication);
  return document;
}

describe('describeSecurity', () => {
  it('says which credentials each operation takes, and what it answers without', () => {
    const { components, paths } = described({
      kind: 'required',
      apiKeys: { keys: [] },
      tokens: TOKENS,
    });
    expect(components).toMatchObject({
      schemas: { Kept: { type: 'object' } },
      securitySchemes: {
        'api-key': { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    });
    expect(paths['/send']?.post).toMatchObject({
      security: [{ 'api-key': [] }, { token: [] }],
      responses: {
        200: {},
        401: { content: { 'application/json': { example: { statusCode: 401, error: 'Unauthorized' } } } },
        403: { content: { 'application/json': { example: { statusCode: 403, error: 'Forbidden' } } } },
      },
    });
    expect(paths['/health']?.get?.security).toEqual([{}, { 'api-key': [] }, { token: [] }]);
    expect(paths['/open']?.get).toEqual({ responses: {} });
  });

  it('names only the kinds that are taken', () => {
    const { components, paths } = described({ kind: 'required', tokens: TOKENS });
    expect(Object.keys(components?.securitySchemes ?? {})).toEqual(['token']);
    expect(paths['/send']?.post?.security).toEqual([{ token: [] }]);
  });

  it('says nothing where nobody is asked', () => {
    const { components, paths } = described({ kind: 'none' });
    expect(components).not.toHaveProperty('securitySchemes');
    expect(paths['/send']?.post).not.toHaveProperty('security');
  });
});
