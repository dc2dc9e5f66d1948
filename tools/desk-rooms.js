const SOURCE = 'packages/service-bus-desk/src/';
const AMQP_MESSAGE = '@nestjs-service-bus/amqp-message';
const RULE_FILTER = '@nestjs-service-bus/rule-filter';
const ERROR = `${SOURCE}desk-error.ts`;
const LOWER = ['connection/', 'message/', 'sdk/', 'desk-error.ts'].map((room) => SOURCE + room);

/** The rooms of the desk: messages and the wire at the bottom, looking above them, changing above that. */
export const DESK_ROOMS = [
  { room: `${SOURCE}message/`, may: [`${SOURCE}message/`, AMQP_MESSAGE, 'node:'] },
  { room: `${SOURCE}sdk/`, may: [`${SOURCE}sdk/`, ERROR, AMQP_MESSAGE, '@azure/service-bus', 'rhea'] },
  { room: `${SOURCE}connection/`, may: [`${SOURCE}connection/`, ERROR, '@azure/'] },
  { room: `${SOURCE}dead-letters/`, may: [`${SOURCE}dead-letters/`, ...LOWER, AMQP_MESSAGE, 'node:'] },
  {
    room: `${SOURCE}change/`,
    may: [`${SOURCE}change/`, `${SOURCE}dead-letters/`, ...LOWER, AMQP_MESSAGE, 'node:'],
  },
  {
    room: `${SOURCE}operate/`,
    may: [
      `${SOURCE}operate/`,
      `${SOURCE}connection/`,
      `${SOURCE}sdk/`,
      ERROR,
      RULE_FILTER,
      '@azure/service-bus',
      'long',
    ],
  },
  {
    room: `${SOURCE}watch/`,
    may: [`${SOURCE}watch/`, `${SOURCE}dead-letters/`, `${SOURCE}describe-error.ts`, ...LOWER],
  },
  // What the page knows of the desk.
  { room: `${SOURCE}http/page-api.ts`, may: [] },
  { room: `${SOURCE}http/`, mayNot: [`${SOURCE}command/`, `${SOURCE}sdk/`], may: [SOURCE, 'node:'] },
  {
    room: 'packages/service-bus-desk/page/',
    may: ['packages/service-bus-desk/page/', `${SOURCE}http/page-api.ts`, 'preact', 'uplot'],
  },
  { room: `${SOURCE}describe-error.ts`, may: [`${SOURCE}sdk/`, `${SOURCE}message/`] },
  { room: `${SOURCE}command/`, may: [SOURCE, 'commander', 'node:'] },
  { room: `${SOURCE}main.ts`, may: [`${SOURCE}command/`, 'node:'] },
  { room: SOURCE, mayNot: [`${SOURCE}command/`], may: [SOURCE, 'node:'] },
];
