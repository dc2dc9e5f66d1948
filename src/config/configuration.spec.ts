import { describe, it, expect } from '@jest/globals';
import { availableParallelism } from 'node:os';

import { APPS, ConfigurationError, readConfiguration, variableNames } from './index.js';

const CONNECTION =
  'Endpoint=sb://lab.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0';

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readConfiguration(variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfiguration', () => {
  it('has a default for everything', () => {
    expect(readConfiguration({})).toEqual({
      production: false,
      broker: { kind: 'embedded', port: 5672, administrationPort: 5300 },
      http: {
        allowedHosts: [],
        host: '127.0.0.1',
        port: 3000,
        authentication: { kind: 'none' },
        rateLimitPerMinute: 0,
        trustProxy: 0,
      },
      apps: APPS,
      queues: Object.fromEntries(APPS.map((app) => [app, { inQueue: `${app}-in`, outQueue: `${app}-out` }])),
      logLevel: 'info',
      logFormat: 'text',
      logMessageContext: true,
      logBodies: true,
      logMessages: 'info',
      telemetry: {
        metrics: true,
        queueDepthIntervalMs: 0,
        exports: {
          traces: false,
          metrics: [],
          metricsProtocol: 'http/protobuf',
          metricsIntervalMs: 60_000,
          needsServiceName: true,
        },
      },
      desk: { isOn: true, showsBodies: true, redacted: [] },
      workers: 1,
      warnings: [],
    });
  });

  it('takes every variable', () => {
    const configuration = readConfiguration({
      SB_CONNECTION: CONNECTION,
      PORT: '0',
      HOST: '::1',
      APPS: 'relay, counter',
      RELAY_IN_QUEUE: 'PyconLabQueue',
      RELAY_OUT_QUEUE: 'PyconLabQueue',
      COUNTER_OUT_QUEUE: 'team/results_1',
      LOG_LEVEL: 'debug',
    });

    expect(configuration.broker).toEqual({ kind: 'connection-string', connectionString: CONNECTION });
    expect(configuration.http).toMatchObject({ host: '::1', port: 0 });
    expect(configuration.apps).toEqual(['counter', 'relay']);
    expect(configuration.queues.relay).toEqual({ inQueue: 'PyconLabQueue', outQueue: 'PyconLabQueue' });
    expect(configuration.queues.counter).toEqual({ inQueue: 'counter-in', outQueue: 'team/results_1' });
    expect(configuration.logLevel).toBe('debug');
  });

  it('has a desk in production only where that is said, and callers are known', () => {
    const production = { NODE_ENV: 'production', SB_CONNECTION: CONNECTION, HTTP_AUTH: 'none' };
    const known = { ...production, HTTP_AUTH: '', HTTP_API_KEYS: 'fix:operate+repair:0123456789abcdef' };
    expect(readConfiguration(production).desk.isOn).toBe(false);
    const variables = { ...known, DESK: 'on', DESK_BODIES: 'off', DESK_REDACT: 'iban, Card-Number' };
    expect(readConfiguration(variables).desk).toEqual({
      isOn: true,
      showsBodies: false,
      redacted: ['iban', 'Card-Number'],
    });
    expect(problemsOf({ ...production, DESK: 'on' })).toEqual([
      'DESK="on": must be off where HTTP_AUTH=none: anybody could remove messages',
    ]);
    expect(readConfiguration({ WORKERS: '2' }).desk.isOn).toBe(false);
    expect(problemsOf({ WORKERS: '2', DESK: 'on', DESK_REDACT: 'a,,b' })).toEqual([
      'DESK="on": must be off where WORKERS share the work: give it a process',
      'DESK_REDACT="a,,b": must be names of properties, separated by commas',
    ]);
  });

  it('takes an empty variable, and one of blanks, as absent', () => {
    expect(readConfiguration({ SB_CONNECTION: '', PORT: ' ', APPS: '' })).toEqual(readConfiguration({}));
  });

  it('takes a namespace to sign in to without a secret', () => {
    const { broker } = readConfiguration({ SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net' });
    expect(broker).toEqual({
      kind: 'namespace',
      fullyQualifiedNamespace: 'lab.servicebus.windows.net',
      signIn: { kind: 'default', tokenCredentials: undefined },
    });
  });

  it('takes the way to sign in', () => {
    const namespace = { SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net' };
    expect(
      readConfiguration({ ...namespace, AZURE_TOKEN_CREDENTIALS: 'azureCliCredential' }).broker,
    ).toMatchObject({
      signIn: { kind: 'default', tokenCredentials: 'azureclicredential' },
    });
    expect(
      readConfiguration({ ...namespace, SERVICE_BUS_SIGN_IN: 'browser', AZURE_TENANT_ID: 'contoso' }).broker,
    ).toMatchObject({ signIn: { kind: 'browser', tenantId: 'contoso' } });
  });

  it('refuses ways to sign in that do not exist, or not together', () => {
    const namespace = { SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net' };
    expect(
      problemsOf({ ...namespace, SERVICE_BUS_SIGN_IN: 'vscode', AZURE_TOKEN_CREDENTIALS: 'test' }),
    ).toEqual([
      'SERVICE_BUS_SIGN_IN="vscode": must be one of default, browser',
      expect.stringMatching(/^AZURE_TOKEN_CREDENTIALS=.*must be one of dev, prod, EnvironmentCredential, /),
    ]);
    expect(
      problemsOf({
        ...namespace,
        SERVICE_BUS_SIGN_IN: 'browser',
        AZURE_TOKEN_CREDENTIALS: 'dev',
        WORKERS: '2',
      }),
    ).toEqual([
      'SERVICE_BUS_SIGN_IN=browser and WORKERS are both set: each worker would open a page, set WORKERS to 1',
      'SERVICE_BUS_SIGN_IN=browser and AZURE_TOKEN_CREDENTIALS are both set: remove one of them',
    ]);
  });

  it('leaves the ways to sign in to others where it does not sign in itself', () => {
    expect(problemsOf({ SB_CONNECTION: CONNECTION, AZURE_TOKEN_CREDENTIALS: 'BrokerCredential' })).toEqual(
      [],
    );
  });

  it('tells a misspelt variable, and with what is missing because of it', () => {
    const { warnings } = readConfiguration({ COUNTER_QUEUE: 'work', PATH: '/bin' });
    expect(warnings).toEqual(['COUNTER_QUEUE is not known: did you mean COUNTER_IN_QUEUE?']);
    expect(problemsOf({ NODE_ENV: 'production', HTTP_AUTH: 'none', SB_CONECTION: CONNECTION })).toEqual([
      'SB_CONNECTION or SERVICE_BUS_NAMESPACE is required',
      'SB_CONECTION is not known: did you mean SB_CONNECTION?',
    ]);
  });

  it('knows all its variables, whichever others are set', () => {
    const names = ['EMULATOR_PORT', 'SERVICE_BUS_SIGN_IN', 'AZURE_TENANT_ID', 'OTEL_SERVICE_NAME'];
    expect([...variableNames()]).toEqual(expect.arrayContaining(names));
    const variables = { SB_CONNECTION: CONNECTION, EMULATOR_PORT: '0', SERVICE_BUS_SIGN_IN: 'browser' };
    expect(readConfiguration(variables).warnings).toEqual([]);
  });

  it('listens on all addresses in production, and never embeds a broker there', () => {
    const production = { NODE_ENV: 'production', HTTP_AUTH: 'none' };
    expect(readConfiguration({ ...production, SB_CONNECTION: CONNECTION }).http.host).toBe('0.0.0.0');
    expect(problemsOf(production)).toEqual(['SB_CONNECTION or SERVICE_BUS_NAMESPACE is required']);
  });

  it('takes a number of workers, or one on each core', () => {
    expect(readConfiguration({ WORKERS: '4' }).workers).toBe(4);
    expect(readConfiguration({ WORKERS: 'auto' }).workers).toBe(availableParallelism());
  });

  it.each(['0', '65', '-1', '1.5', 'many'])('refuses %s workers', (WORKERS) => {
    expect(problemsOf({ WORKERS })).toEqual([
      `WORKERS="${WORKERS}": must be 1 to 64, or auto for one on each processor core`,
    ]);
  });

  it('is frozen to the bottom', () => {
    const configuration = readConfiguration({});
    expect(() => Object.assign(configuration.queues.relay, { inQueue: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(configuration.apps, { 0: 'counter' })).toThrow(TypeError);
  });

  it('names every problem at once, a line for each', () => {
    expect(
      problemsOf({
        PORT: '70000',
        EMULATOR_PORT: '-1',
        EMULATOR_ADMIN_PORT: '5e3',
        HOST: 'not a host',
        APPS: 'counter,no-such-app',
        RELAY_IN_QUEUE: 'no spaces',
        LOG_LEVEL: 'loud\n',
      }),
    ).toEqual([
      'EMULATOR_PORT="-1": must be a port: 0 to 65535, 0 picks a free one',
      'EMULATOR_ADMIN_PORT="5e3": must be a port: 0 to 65535, 0 picks a free one',
      'HOST="not a host": must be a host name or an IP address',
      'PORT="70000": must be a port: 0 to 65535, 0 picks a free one',
      `APPS="counter,no-such-app": must be some of ${APPS.join(',')}`,
      'RELAY_IN_QUEUE="no spaces": must be a queue: letters, digits and . _ - inside, parts separated by /, at most 260 characters',
      'LOG_LEVEL="loud": must be one of silent, fatal, error, warn, info, debug, trace',
    ]);
  });

  it('refuses both ways to a broker at once', () => {
    expect(
      problemsOf({ SB_CONNECTION: CONNECTION, SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net' }),
    ).toEqual(['SB_CONNECTION and SERVICE_BUS_NAMESPACE are both set: set one of them']);
  });

  it.each([
    ['no endpoint', 'SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0'],
    ['no key', 'Endpoint=sb://lab.servicebus.windows.net/;SharedAccessKeyName=root'],
    ['one entity only', `${CONNECTION};EntityPath=orders`],
  ])('refuses a connection string with %s, and does not show it', (_reason, value) => {
    const [problem, ...others] = problemsOf({ SB_CONNECTION: value });
    expect(problem).toMatch(/^SB_CONNECTION=\(not shown\): must be /);
    expect(others).toEqual([]);
  });

  it('does not show a secret in the wrong variable either', () => {
    expect(problemsOf({ SERVICE_BUS_NAMESPACE: CONNECTION }).join()).not.toContain('c2VjcmV0');
  });

  it('cuts a long value', () => {
    expect(problemsOf({ COUNTER_IN_QUEUE: 'q'.repeat(5000) })[0]?.length).toBeLessThan(250);
  });

  it('refuses a feature that would answer into its own queue', () => {
    expect(problemsOf({ COUNTER_OUT_QUEUE: 'Counter-In' })).toEqual([
      'COUNTER_OUT_QUEUE="Counter-In": must be another queue than COUNTER_IN_QUEUE',
    ]);
  });

  it('refuses two features that would take each other’s messages, if both run', () => {
    const variables = { COUNTER_IN_QUEUE: 'work', FEEDBACK_FORM_IN_QUEUE: 'work' };
    expect(problemsOf(variables)).toEqual([
      'COUNTER_IN_QUEUE="work": must be another queue than FEEDBACK_FORM_IN_QUEUE',
    ]);
    expect(problemsOf({ ...variables, APPS: 'counter' })).toEqual([]);
  });
});
