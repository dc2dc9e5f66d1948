import { MalformedMessageError, Section, SectionReader } from '@nestjs-service-bus/amqp-message';

/** Where one section of the body is. */
export interface BodySection {
  readonly section: number;
  /** Of its value. */
  readonly value: number;
  readonly end: number;
}

/** Where the sections of a message are: offsets of their values, -1 for one that it does not have. */
export interface Sections {
  header: number;
  messageAnnotations: number;
  properties: number;
  applicationProperties: number;
  /** Where body and footer begin. */
  bodyStart: number;
  readonly body: BodySection[];
  /** What is wrong with its bytes, where something is; what comes after it was not read. */
  problem?: string;
}

const ABSENT = -1;

/** Finds the sections of an encoded message, checking each; ends early, and says so, at what cannot be read. */
export function readSections(bytes: Buffer): Sections {
  const sections: Sections = {
    header: ABSENT,
    messageAnnotations: ABSENT,
    properties: ABSENT,
    applicationProperties: ABSENT,
    bodyStart: 0,
    body: [],
  };
  try {
    const reader = new SectionReader(bytes);
    while (reader.next()) note(sections, reader);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    sections.problem = error.message;
  }
  return sections;
}

function note(sections: Sections, { section, value, end }: SectionReader): void {
  if (section >= Section.data) {
    if (section !== Section.footer) sections.body.push({ section, value, end });
    return;
  }
  sections.bodyStart = end;
  if (section === Section.header) sections.header = value;
  else if (section === Section.messageAnnotations) sections.messageAnnotations = value;
  else if (section === Section.properties) sections.properties = value;
  else if (section === Section.applicationProperties) sections.applicationProperties = value;
}
