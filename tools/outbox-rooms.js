const SOURCE = 'packages/nestjs-service-bus-outbox/src/';

/**
 * The rooms of the outbox. Nothing of a database library is imported where transactions are recognized: an application
 * has one of them, and needs none of the others.
 */
export const OUTBOX_ROOMS = [
  { room: `${SOURCE}transaction/`, may: [`${SOURCE}transaction/`] },
  { room: `${SOURCE}embedded/`, may: [`${SOURCE}embedded/`, '@nestjs/common', 'node:'] },
  {
    room: SOURCE,
    may: [
      SOURCE,
      'nestjs-service-bus',
      '@nestjs/',
      '@opentelemetry/api',
      'pg',
      'reflect-metadata',
      'rxjs',
      'node:',
    ],
  },
];
