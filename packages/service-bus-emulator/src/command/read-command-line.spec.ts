import { describe, expect, it } from '@jest/globals';

import { readCommandLine } from './read-command-line.js';

describe('readCommandLine', () => {
  it('has a default for everything', () => {
    expect(readCommandLine([], {})).toEqual({
      command: 'start',
      config: undefined,
      port: 5672,
      administrationPort: 5300,
      host: undefined,
      allowedHosts: undefined,
      tls: undefined,
      dataDirectory: undefined,
      acceptAnyToken: false,
    });
  });

  it("takes from the environment what the arguments do not say, by Microsoft's names too", () => {
    const environment = { CONFIG_PATH: 'Config.json', EMULATOR_PORT: '0', EMULATOR_HTTP_PORT: '8080' };
    expect(readCommandLine([], environment)).toMatchObject({
      config: 'Config.json',
      port: 0,
      administrationPort: 8080,
    });
    const arguments_ = ['--config', 'other.json', '--port', '1', '--admin-port', '2'];
    expect(readCommandLine(arguments_, environment)).toMatchObject({
      config: 'other.json',
      port: 1,
      administrationPort: 2,
    });
    expect(readCommandLine([], { ...environment, EMULATOR_ADMIN_PORT: '3' })).toMatchObject({
      administrationPort: 3,
    });
    expect(readCommandLine([], { CONFIG_PATH: '', EMULATOR_PORT: '' })).toMatchObject({
      config: undefined,
      port: 5672,
    });
  });

  it('salvages from one directory to another, and knows no other command', () => {
    expect(readCommandLine(['salvage', '--data', 'old', '--to', 'new'], {})).toEqual({
      command: 'salvage',
      from: 'old',
      to: 'new',
    });
    expect(() => readCommandLine(['salvage', '--data', 'old'], {})).toThrow('salvage needs both');
    expect(() => readCommandLine(['--data', 'old', '--to', 'new'], {})).toThrow('--to belongs to salvage');
    expect(() => readCommandLine(['repair'], {})).toThrow('repair: there is no such command');
  });

  it.each([
    [['--port', 'http'], {}, '--port http: a port is a number from 0 to 65535'],
    [['--tls-port', '65536'], {}, '--tls-port 65536: a port is a number from 0 to 65535'],
    [[], { EMULATOR_HTTP_PORT: '5e3' }, 'EMULATOR_HTTP_PORT 5e3: a port is a number from 0 to 65535'],
  ])('refuses a port that is none: %j %j', (args, environment, message) => {
    expect(() => readCommandLine(args, environment)).toThrow(message);
  });
});
