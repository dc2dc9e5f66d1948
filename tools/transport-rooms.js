const SOURCE = 'packages/nestjs-service-bus/src/';

/**
 * The rooms of the transport from the bottom up: each may import those below it, itself, and the packages named.
 */
const ROOMS = [
  { room: 'time/' },
  { room: 'exceptions/', packages: ['@nestjs/microservices'] },
  {
    room: 'validation/',
    packages: ['@nestjs/common', '@nestjs/microservices', 'class-transformer', 'class-validator'],
  },
  // The only room that knows private parts of the SDK and of rhea.
  {
    room: 'sdk/',
    packages: ['@azure/', '@nestjs/common', '@nestjs-service-bus/amqp-message', 'long', 'rhea'],
  },
  { room: 'format/', packages: ['@azure/service-bus'] },
  {
    room: 'binding/',
    packages: ['@azure/service-bus', '@nestjs/common', '@nestjs/core', '@nestjs/microservices'],
  },
  { room: 'topology/model/' },
  { room: 'topology/export/' },
  { room: 'topology/administration/', packages: ['@azure/service-bus'] },
  {
    room: 'delivery/',
    packages: ['@azure/service-bus', '@nestjs/microservices', '@opentelemetry/api'],
  },
  { room: 'send/', packages: ['@azure/service-bus'] },
  { room: 'reply/', packages: ['@azure/service-bus', '@nestjs/microservices'] },
  {
    room: 'message/',
    packages: [
      '@azure/service-bus',
      '@nestjs/common',
      '@nestjs/microservices',
      '@nestjs-service-bus/amqp-message',
      'rxjs',
    ],
  },
  { room: 'receive/health/', packages: ['@nestjs/common'] },
  { room: 'receive/links/', packages: ['@azure/service-bus'] },
  { room: 'receive/concurrency/', packages: ['@nestjs/microservices'] },
  { room: 'receive/redrive/', packages: ['@azure/service-bus'] },
  { room: 'receive/watchdog/', packages: ['@azure/service-bus', 'long'] },
  { room: 'receive/sessions/', packages: ['@azure/service-bus'] },
  { room: 'receive/', packages: ['@azure/service-bus'] },
  { room: 'telemetry/', packages: ['@azure/service-bus', '@nestjs/common', '@opentelemetry/api'] },
  { room: 'client/', packages: ['@azure/service-bus', '@nestjs/', 'long', 'rxjs'] },
  { room: 'runtime/', packages: ['@azure/service-bus', '@nestjs/common', 'long'] },
  { room: 'injection/', packages: ['@azure/service-bus', '@nestjs/common', 'long'] },
  {
    room: 'contract/',
    packages: [
      '@azure/service-bus',
      '@nestjs/',
      'class-transformer',
      'class-validator',
      'reflect-metadata',
      'rxjs',
    ],
  },
  { room: 'describe/', packages: ['@nestjs/common', '@nestjs/core'] },
  { room: 'asyncapi/schema/' },
  { room: 'asyncapi/page/' },
  { room: 'asyncapi/compare/' },
  { room: 'asyncapi/', packages: ['@nestjs/'] },
  {
    room: 'testing/',
    packages: ['@azure/service-bus', '@nestjs/', 'long', 'service-bus-emulator'],
    beside: [
      'service-bus.module.ts',
      'find-roots.ts',
      'service-bus.feature.ts',
      'service-bus.root.ts',
      'service-bus-options.ts',
      'service-bus.server.ts',
    ],
  },
  { room: '', packages: ['@azure/service-bus', '@nestjs/', 'reflect-metadata', 'rxjs'] },
];

const roomsBelow = (index) => ROOMS.slice(0, index).map(({ room }) => SOURCE + room);

/** Rows for the table of boundaries. Inner rooms come before the room that they are in: the first that fits counts. */
export const TRANSPORT_ROOMS = ROOMS.map(({ room, packages = [], beside = [] }, index) => ({
  room: SOURCE + room,
  may: [SOURCE + room, ...roomsBelow(index), ...beside.map((file) => SOURCE + file), ...packages, 'node:'],
}));
