import { Section } from '@nestjs-service-bus/amqp-message';

import { type ValueReader } from './value-reader.js';

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
    if (descriptor === Section.data) {
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
    case Section.header:
      sections.header = at;
      return true;
    case Section.messageAnnotations:
      sections.messageAnnotations = at;
      return true;
    case Section.properties:
      sections.properties = at;
      return true;
    case Section.applicationProperties:
      sections.applicationProperties = at;
      return true;
    default:
      return descriptor === Section.deliveryAnnotations || descriptor === Section.footer;
  }
}
