import { describe, it, expect } from '@jest/globals';
import { availableParallelism } from 'node:os';

import { APPS, EnvironmentError, readEnvironment } from './environment.js';

const CONNECTION =
  'Endpoint=sb://lab.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0';

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe('readEnvironment', () => {
  it('has a default for everything', () => {
    expect(readEnvironment({})).toEqual({
      production: false,
      broker: { kind: 'embedded', port: 5672, administrationPort: 5300 },
      http: {
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
      workers: 1,
    });
  });

  it('takes every variable', () => {
    const environment = readEnvironment({
      SB_CONNECTION: CONNECTION,
      PORT: '0',
      HOST: '::1',
      APPS: 'relay, counter',
      RELAY_IN_QUEUE: 'PyconLabQueue',
      RELAY_OUT_QUEUE: 'PyconLabQueue',
      COUNTER_OUT_QUEUE: 'team/results_1',
      LOG_LEVEL: 'debug',
    });

    expect(environment.broker).toEqual({ kind: 'connection-string', connectionString: CONNECTION });
    expect(environment.http).toMatchObject({ host: '::1', port: 0 });
    expect(environment.apps).toEqual(['counter', 'relay']);
    expect(environment.queues.relay).toEqual({ inQueue: 'PyconLabQueue', outQueue: 'PyconLabQueue' });
    expect(environment.queues.counter).toEqual({ inQueue: 'counter-in', outQueue: 'team/results_1' });
    expect(environment.logLevel).toBe('debug');
  });

  it('takes an empty variable, and one of blanks, as absent', () => {
    expect(readEnvironment({ SB_CONNECTION: '', PORT: ' ', APPS: '' })).toEqual(readEnvironment({}));
  });

  it('takes a namespace to sign in to without a secret', () => {
    const { broker } = readEnvironment({ SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net' });
    expect(broker).toEqual({ kind: 'namespace', fullyQualifiedNamespace: 'lab.servicebus.windows.net' });
  });

  it('listens on all addresses in production, and never embeds a broker there', () => {
    const production = { NODE_ENV: 'production', HTTP_AUTH: 'none' };
    expect(readEnvironment({ ...production, SB_CONNECTION: CONNECTION }).http.host).toBe('0.0.0.0');
    expect(problemsOf(production)).toEqual(['SB_CONNECTION or SERVICE_BUS_NAMESPACE is required']);
  });

  it('takes a number of workers, or one on each core', () => {
    expect(readEnvironment({ WORKERS: '4' }).workers).toBe(4);
    expect(readEnvironment({ WORKERS: 'auto' }).workers).toBe(availableParallelism());
  });

  it.each(['0', '65', '-1', '1.5', 'many'])('refuses %s workers', (WORKERS) => {
    expect(problemsOf({ WORKERS })).toEqual([
      `WORKERS="${WORKERS}": must be 1 to 64, or auto for one on each processor core`,
    ]);
  });

  it('is frozen to the bottom', () => {
    const environment = readEnvironment({});
    expect(() => Object.assign(environment.queues.relay, { inQueue: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(environment.apps, { 0: 'counter' })).toThrow(TypeError);
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
      'RELAY_IN_QUEUE="no spaces": must be a queue: letters, digits and . _ - / inside, at most 260 characters',
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
