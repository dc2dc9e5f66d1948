import { type ValueReader } from './value-reader.js';

// [AMQP 3.2] sections of a message
const HEADER = 0x70;
const DELIVERY_ANNOTATIONS = 0x71;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const FOOTER = 0x78;

/** Where the sections of a message begin that make up its fields: 0 for one that it does not have. */
export class Sections {
  header = 0;
  messageAnnotations = 0;
  properties = 0;
  applicationProperties = 0;
  body?: Buffer = undefined;
}

/** Finds a message's sections; undefined if its body is not one piece of data. */
export function locateSections(reader: ValueReader): Sections | undefined {
  const sections = new Sections();
  while (!reader.isAtEnd) {
    const descriptor = reader.descriptor();
    if (descriptor === DATA) {
      if (sections.body) return undefined;
      sections.body = reader.binary();
      continue;
    }
    if (!note(sections, descriptor, reader.at)) return undefined;
    reader.pass();
  }
  return sections.body && sections;
}

function note(sections: Sections, descriptor: number, at: number): boolean {
  switch (descriptor) {
    case HEADER:
      sections.header = at;
      return true;
    case MESSAGE_ANNOTATIONS:
      sections.messageAnnotations = at;
      return true;
    case PROPERTIES:
      sections.properties = at;
      return true;
    case APPLICATION_PROPERTIES:
      sections.applicationProperties = at;
      return true;
    default:
      return descriptor === DELIVERY_ANNOTATIONS || descriptor === FOOTER;
  }
}
