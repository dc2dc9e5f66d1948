import { element, type XmlElement } from '../xml/xml-element.js';

const SERVICE_BUS = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect';
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

/** Creates the description of an entity or a rule; its properties name their types with the prefix `i`. */
export function writeDescription(name: string, properties: readonly XmlElement[]): XmlElement {
  return element(name, properties, { xmlns: SERVICE_BUS, 'xmlns:i': SCHEMA_INSTANCE });
}
