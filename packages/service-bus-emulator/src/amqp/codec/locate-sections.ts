import { Section } from '@nestjs-service-bus/amqp-message';

import { MalformedMessageError } from './malformed-message-error.js';
import { SectionReader } from './section-reader.js';
import { SkipBudget } from './skip-value.js';

/** Where the parts of a message lie in its bytes. Offsets are of a section's value; -1: there is no such section. */
export interface SectionPlaces {
  readonly header: number;
  readonly messageAnnotations: number;
  readonly properties: number;
  readonly applicationProperties: number;
  readonly afterHeader: number;
  /** Where what a broker must keep begins: the first section after the annotations. */
  readonly kept: number;
  /** Where the application properties' section would begin: after the properties. */
  readonly afterProperties: number;
  /** Where body and footer begin. */
  readonly body: number;
}

const NONE = -1;
const budget = new SkipBudget();

/** Checks a whole message and finds its sections. Throws MalformedMessageError. */
export function locateSections(bytes: Buffer): SectionPlaces {
  if (bytes.length === 0) throw new MalformedMessageError(0, 'a message without sections');
  const places = {
    header: NONE,
    messageAnnotations: NONE,
    properties: NONE,
    applicationProperties: NONE,
    afterHeader: 0,
    kept: 0,
    afterProperties: 0,
    body: 0,
  };
  const reader = new SectionReader(bytes, budget);
  while (reader.next()) {
    const { section, value, end } = reader;
    if (section > Section.applicationProperties) continue;
    places.body = end;
    if (section <= Section.properties) places.afterProperties = end;
    if (section <= Section.messageAnnotations) places.kept = end;
    if (section === Section.header) {
      places.header = value;
      places.afterHeader = end;
    } else if (section === Section.messageAnnotations) places.messageAnnotations = value;
    else if (section === Section.properties) places.properties = value;
    else if (section === Section.applicationProperties) places.applicationProperties = value;
  }
  return places;
}
