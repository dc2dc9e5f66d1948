import { describe, expect, it } from '@jest/globals';

import { isOwnHost } from './is-own-host.js';

describe('isOwnHost', () => {
  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST.:3000',
    '127.0.0.1:3000',
    '[::1]:3000',
    '10.2.3.4',
    'relay',
    'relay:80',
    'relay.default.svc.cluster.local',
    'host.docker.internal:3000',
    'my-laptop.local',
    'app.localhost:8080',
  ])('%s cannot be registered by a stranger', (host) => {
    expect(isOwnHost(host, [])).toBe(true);
  });

  it.each([
    'attacker.example',
    'attacker.example:3000',
    'localhost.attacker.example',
    '127.0.0.1.nip.io',
    'local.attacker.example',
    'attacker.example/local',
    'a@b.local',
    '[::1].attacker.example',
    '',
  ])('%j may be anybody', (host) => {
    expect(isOwnHost(host, [])).toBe(false);
  });

  it('takes the names that are allowed, and all of them for *', () => {
    expect(isOwnHost('Bus.Example.com:443', ['bus.example.com'])).toBe(true);
    expect(isOwnHost('other.example.com', ['bus.example.com'])).toBe(false);
    expect(isOwnHost('other.example.com', ['*'])).toBe(true);
  });
});
