const SOURCE = 'packages/service-bus-desk/src/';
const AMQP_MESSAGE = '@nestjs-service-bus/amqp-message';
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
    may: [`${SOURCE}operate/`, `${SOURCE}connection/`, `${SOURCE}sdk/`, '@azure/service-bus', 'long'],
  },
  { room: `${SOURCE}command/`, may: [SOURCE, 'commander', 'node:'] },
  { room: `${SOURCE}main.ts`, may: [`${SOURCE}command/`, 'node:'] },
  { room: SOURCE, mayNot: [`${SOURCE}command/`], may: [SOURCE, 'node:'] },
];
