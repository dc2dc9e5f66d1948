import path from 'node:path';

import { DESK_ROOMS } from './desk-rooms.js';
import { OUTBOX_ROOMS } from './outbox-rooms.js';
import { TRANSPORT_ROOMS } from './transport-rooms.js';

const EMULATOR = 'packages/service-bus-emulator/src/';
const AMQP_MESSAGE = '@nestjs-service-bus/amqp-message';
const RULE_FILTER = '@nestjs-service-bus/rule-filter';
const FILTER = 'packages/rule-filter/src/';

/**
 * Keeps the house's boundaries: each room (a folder, or a file) lists what it may import,
 * other rooms by path prefix and packages by name prefix. The first room that fits a file counts.
 */
export const ROOMS = [
  {
    room: 'src/main.ts',
    may: [
      'src/config/index.ts',
      'src/start/',
      'src/telemetry/start-telemetry.ts',
      'src/workers/',
      'reflect-metadata',
    ],
  },
  // What it starts has to be there before anything of the application is loaded.
  { room: 'src/telemetry/start-telemetry.ts', may: ['src/telemetry/', 'src/config/index.ts', 'node:'] },
  {
    room: 'src/telemetry/',
    may: [
      'src/telemetry/',
      'src/config/index.ts',
      'src/http/describe-route.ts',
      'src/http/index.ts',
      '@nestjs/',
      '@opentelemetry/',
      'node:',
    ],
  },
  {
    room: 'src/logging/',
    may: ['src/logging/', 'src/config/index.ts', 'nestjs-service-bus', '@nestjs/common', 'node:http', 'pino'],
  },
  {
    room: 'src/workers/',
    may: [
      'src/workers/',
      'src/logging/index.ts',
      'src/start/',
      'src/telemetry/running-telemetry.ts',
      'src/config/index.ts',
      'src/stop-on-signals.ts',
      '@nestjs/common',
      'node:',
    ],
  },
  {
    room: 'src/desk/',
    may: [
      'src/desk/',
      'src/config/index.ts',
      'src/http/index.ts',
      'nestjs-service-bus',
      'service-bus-desk',
      '@nestjs/common',
      'node:http',
    ],
  },
  {
    room: 'src/sign-in/',
    may: ['src/sign-in/', 'src/config/index.ts', '@azure/identity', '@nestjs/common'],
  },
  {
    room: 'src/start/create-missing-entities.ts',
    may: ['nestjs-service-bus', '@nestjs/common', '@azure/service-bus'],
  },
  {
    room: 'src/start/start-embedded-emulator.ts',
    may: ['src/', 'service-bus-emulator', '@nestjs/common', 'node:'],
  },
  { room: 'src/start/', may: ['src/', 'nestjs-service-bus', '@nestjs/', 'node:'] },
  { room: 'src/app.module.ts', may: ['src/', 'nestjs-service-bus', '@nestjs/'] },
  { room: 'src/root-module.ts', may: ['src/', 'nestjs-service-bus', '@nestjs/'] },
  {
    room: 'src/stop-on-signals.ts',
    may: ['src/start/describe-failure.ts', '@nestjs/common', 'node:'],
  },
  // Read before anything of Nest is loaded; the module brings it into Nest.
  { room: 'src/config/config.module.ts', may: ['src/config/', '@nestjs/'] },
  {
    room: 'src/config/',
    may: [
      'src/config/',
      'src/http/authentication/api-key.ts',
      'src/http/authentication/authentication-options.ts',
      'src/http/authentication/is-safe-url.ts',
      'src/http/authentication/role.ts',
      'src/http/http-options.ts',
      'node:',
    ],
  },
  // What the published packages all know of AMQP messages; it knows none of them, and no other package.
  { room: 'packages/amqp-message/src/', may: ['packages/amqp-message/src/'] },
  // The rules of subscriptions, for whoever applies or explains them: values, expressions over them, filters of these.
  { room: `${FILTER}values/`, may: [`${FILTER}values/`] },
  { room: `${FILTER}sql/`, may: [`${FILTER}sql/`, `${FILTER}values/`] },
  { room: FILTER, may: [FILTER] },
  ...TRANSPORT_ROOMS,
  ...OUTBOX_ROOMS,
  ...DESK_ROOMS,
  // The emulator's model, downwards: collections, queue, entity, namespace. It knows nothing else.
  { room: `${EMULATOR}model/broker-error.ts`, may: [] },
  { room: `${EMULATOR}model/collections/`, may: [`${EMULATOR}model/collections/`] },
  {
    room: `${EMULATOR}model/queue/`,
    may: [
      `${EMULATOR}model/queue/`,
      `${EMULATOR}model/collections/`,
      RULE_FILTER,
      `${EMULATOR}model/broker-error.ts`,
    ],
  },
  {
    room: `${EMULATOR}model/entity/`,
    may: [
      `${EMULATOR}model/entity/`,
      `${EMULATOR}model/queue/`,
      `${EMULATOR}model/collections/`,
      RULE_FILTER,
      `${EMULATOR}model/broker-error.ts`,
    ],
  },
  { room: `${EMULATOR}model/`, may: [`${EMULATOR}model/`, RULE_FILTER] },
  // AMQP: messages, deliveries of those; the guard knows values only, links know no connection.
  {
    room: `${EMULATOR}amqp/codec/message/`,
    may: [`${EMULATOR}amqp/codec/message/`, `${EMULATOR}model/`, AMQP_MESSAGE, RULE_FILTER],
  },
  { room: `${EMULATOR}amqp/codec/`, may: [`${EMULATOR}amqp/codec/`, `${EMULATOR}model/`, AMQP_MESSAGE] },
  {
    room: `${EMULATOR}amqp/frame-guard/`,
    may: [`${EMULATOR}amqp/frame-guard/`, AMQP_MESSAGE],
  },
  { room: `${EMULATOR}amqp/faults/`, may: [`${EMULATOR}amqp/faults/`, `${EMULATOR}model/`] },
  {
    room: `${EMULATOR}amqp/authorization/`,
    may: [`${EMULATOR}amqp/authorization/`, `${EMULATOR}amqp/amqp-error.ts`, `${EMULATOR}model/`, 'node:'],
  },
  {
    room: `${EMULATOR}amqp/management/`,
    may: [
      `${EMULATOR}amqp/management/`,
      `${EMULATOR}amqp/codec/`,
      `${EMULATOR}amqp/amqp-error.ts`,
      `${EMULATOR}amqp/context.ts`,
      `${EMULATOR}amqp/delivery-bytes.ts`,
      `${EMULATOR}amqp/property-changes.ts`,
      `${EMULATOR}amqp/rhea-private.ts`,
      `${EMULATOR}model/`,
      AMQP_MESSAGE,
      RULE_FILTER,
      'rhea',
    ],
  },
  {
    room: `${EMULATOR}amqp/connection/`,
    may: [`${EMULATOR}amqp/`, `${EMULATOR}model/`, 'rhea', 'node:'],
  },
  {
    room: `${EMULATOR}amqp/`,
    mayNot: [`${EMULATOR}amqp/connection/`],
    may: [`${EMULATOR}amqp/`, `${EMULATOR}model/`, AMQP_MESSAGE, RULE_FILTER, 'rhea', 'node:'],
  },
  // The administration API: XML, documents of it, the resources that they describe.
  {
    room: `${EMULATOR}administration/xml/`,
    may: [
      `${EMULATOR}administration/xml/`,
      `${EMULATOR}administration/administration-error.ts`,
      'fast-xml-parser',
    ],
  },
  {
    room: `${EMULATOR}administration/documents/`,
    may: [
      `${EMULATOR}administration/documents/`,
      `${EMULATOR}administration/xml/`,
      `${EMULATOR}administration/administration-error.ts`,
      `${EMULATOR}duration.ts`,
      `${EMULATOR}model/`,
      RULE_FILTER,
    ],
  },
  {
    room: `${EMULATOR}administration/resources/`,
    may: [
      `${EMULATOR}administration/resources/`,
      `${EMULATOR}administration/documents/`,
      `${EMULATOR}administration/xml/`,
      `${EMULATOR}administration/administration-error.ts`,
      `${EMULATOR}duration.ts`,
      `${EMULATOR}model/`,
      RULE_FILTER,
    ],
  },
  {
    room: `${EMULATOR}administration/`,
    may: [`${EMULATOR}administration/`, `${EMULATOR}model/`, 'node:'],
  },
  { room: `${EMULATOR}clock/`, may: [`${EMULATOR}clock/`, `${EMULATOR}model/`] },
  {
    room: `${EMULATOR}config/`,
    may: [
      `${EMULATOR}config/`,
      `${EMULATOR}duration.ts`,
      `${EMULATOR}entities.ts`,
      `${EMULATOR}model/`,
      RULE_FILTER,
      'jsonc-parser',
      'node:',
    ],
  },
  { room: `${EMULATOR}server/`, may: [`${EMULATOR}server/`, 'node:', 'selfsigned', 'ws'] },
  {
    room: `${EMULATOR}store/`,
    may: [`${EMULATOR}store/`, `${EMULATOR}amqp/codec/`, `${EMULATOR}model/`, 'classic-level', 'node:'],
  },
  { room: EMULATOR, may: [EMULATOR, RULE_FILTER, 'node:'] },
];

/** Every other folder of src/ is a feature. */
const featureRoom = (file) => {
  const [room] = /^src\/[^/]+\//.exec(file) ?? [];
  if (room === undefined) return undefined;
  const may = [
    room,
    'nestjs-service-bus',
    'src/http/index.ts',
    'src/http/describe-error.ts',
    'src/http/describe-route.ts',
    '*',
  ];
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
