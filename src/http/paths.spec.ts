import { describe, expect, it } from '@jest/globals';

import { isDocumentation, isHealth, isOpen } from './paths.js';

describe('paths', () => {
  it.each(['/health', '/health/', '/health/live', '/health/ready', '/Health/Ready'])(
    'probes ask %s',
    (path) => {
      expect(isHealth(path)).toBe(true);
      expect(isOpen(path)).toBe(true);
    },
  );

  it.each(['/', '/docs', '/docs/', '/Docs', '/docs-json', '/docs-yaml', '/docs/swagger-ui-bundle.js'])(
    '%s is open',
    (path) => {
      expect(isOpen(path)).toBe(true);
    },
  );

  it.each(['/docs-internal', '/docs/orders', '/docs/swagger-ui.css/orders', '/docs-json/orders', '/docs//'])(
    '%s may be a route of yours, and is not open',
    (path) => {
      expect(isDocumentation(path)).toBe(false);
      expect(isOpen(path)).toBe(false);
    },
  );

  it.each([
    '/send',
    '/metrics',
    '/healthy',
    '/health/all',
    '/health/../send',
    '/x/health',
    '/docsx',
    '//health',
    '//',
  ])('%s is not open', (path) => {
    expect(isOpen(path)).toBe(false);
  });
});
