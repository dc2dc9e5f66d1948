import path from 'node:path';

/**
 * Keeps the house's boundaries: each room (a folder, or a file) lists what it may import,
 * other rooms by path prefix and packages by name prefix. The first room that fits a file counts.
 */
export const ROOMS = [
  {
    room: 'src/main.ts',
    may: [
      'src/environment.ts',
      'src/start/',
      'src/telemetry/start-telemetry.ts',
      'src/workers/',
      'reflect-metadata',
    ],
  },
  // What it starts has to be there before anything of the application is loaded.
  { room: 'src/telemetry/start-telemetry.ts', may: ['src/telemetry/', 'src/environment.ts', 'node:'] },
  {
    room: 'src/telemetry/',
    may: [
      'src/telemetry/',
      'src/environment.ts',
      'src/http/describe-route.ts',
      'src/http/index.ts',
      '@nestjs/',
      '@opentelemetry/',
      'node:',
    ],
  },
  {
    room: 'src/logging/',
    may: ['src/logging/', 'src/environment.ts', 'nestjs-service-bus', '@nestjs/common', 'node:http', 'pino'],
  },
  {
    room: 'src/workers/',
    may: [
      'src/workers/',
      'src/logging/index.ts',
      'src/start/',
      'src/telemetry/running-telemetry.ts',
      'src/environment.ts',
      'src/stop-on-signals.ts',
      '@nestjs/common',
      'node:',
    ],
  },
  { room: 'src/start/start-embedded-emulator.ts', may: ['src/', 'service-bus-emulator', 'node:'] },
  { room: 'src/start/', may: ['src/', 'nestjs-service-bus', '@nestjs/', 'node:'] },
  { room: 'src/app.module.ts', may: ['src/', 'nestjs-service-bus', '@nestjs/'] },
  {
    room: 'src/stop-on-signals.ts',
    may: ['src/start/describe-failure.ts', '@nestjs/common', 'node:'],
  },
  { room: 'src/environment.ts', may: ['src/environment/', 'node:'] },
  {
    room: 'src/environment/',
    may: [
      'src/environment/',
      'src/http/authentication/api-key.ts',
      'src/http/authentication/authentication-options.ts',
      'src/http/authentication/is-safe-url.ts',
      'src/http/authentication/role.ts',
      'src/http/http-options.ts',
      'node:',
    ],
  },
  // What transport and emulator both know of AMQP messages; it is built into both.
  { room: 'packages/amqp-message/src/', may: ['packages/amqp-message/src/'] },
  // The messages' bytes, and the links that they come and go on: here alone is rhea known.
  {
    room: 'packages/nestjs-service-bus/src/sdk/fast-lane/',
    may: [
      'packages/nestjs-service-bus/src/sdk/fast-lane/',
      'packages/nestjs-service-bus/src/sdk/quiet-tracing.ts',
      '@azure/service-bus',
      '@nestjs-service-bus/amqp-message',
      'long',
      'rhea',
      'node:',
    ],
  },
  {
    room: 'packages/nestjs-service-bus/src/validation/',
    may: [
      'packages/nestjs-service-bus/src/validation/',
      '@nestjs/common',
      'class-transformer',
      'class-validator',
    ],
  },
  {
    room: 'packages/nestjs-service-bus/src/',
    may: [
      'packages/nestjs-service-bus/src/',
      '@azure/',
      '@nestjs/',
      '@nestjs-service-bus/amqp-message',
      '@opentelemetry/api',
      'long',
      'rxjs',
      'reflect-metadata',
      'node:',
    ],
  },
  { room: 'packages/service-bus-emulator/src/model/', may: ['packages/service-bus-emulator/src/model/'] },
  {
    room: 'packages/service-bus-emulator/src/amqp/',
    may: [
      'packages/service-bus-emulator/src/amqp/',
      'packages/service-bus-emulator/src/model/',
      '@nestjs-service-bus/amqp-message',
      'rhea',
      'node:',
    ],
  },
  {
    room: 'packages/service-bus-emulator/src/administration/',
    may: [
      'packages/service-bus-emulator/src/administration/',
      'packages/service-bus-emulator/src/model/',
      'fast-xml-parser',
      'node:',
    ],
  },
  {
    room: 'packages/service-bus-emulator/src/',
    may: ['packages/service-bus-emulator/src/', 'classic-level', 'node:'],
  },
];

/** Every other folder of src/ is a feature. */
const featureRoom = (file) => {
  const [room] = /^src\/[^/]+\//.exec(file) ?? [];
  if (room === undefined) return undefined;
  const may = [room, 'nestjs-service-bus', 'src/http/index.ts', 'src/http/describe-route.ts', '*'];
  return { room, may, mayNot: ['@azure/', 'rhea'] };
};

const within = (prefixes, target) =>
  (prefixes ?? []).some((prefix) =>
    prefix === '*' ? !/^(src|packages)\//.test(target) : target.startsWith(prefix),
  );

export const boundaries = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      breach: '{{room}} may not import {{target}} (see the table in tools/eslint-boundaries.js)',
      ownBarrel: 'never import your own barrel: name the file',
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const rule = ROOMS.find(({ room }) => file.startsWith(room)) ?? featureRoom(file);
    if (!rule || file.endsWith('.spec.ts')) return {};

    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      const target = source.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), source).replace(/\.js$/, '.ts')
        : source;
      if (target === `${rule.room}index.ts` && file !== target)
        context.report({ node, messageId: 'ownBarrel' });
      if (!within(rule.may, target) || within(rule.mayNot, target)) {
        context.report({ node, messageId: 'breach', data: { room: rule.room, target } });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
