import { TIERS } from '../../model/entity/tier.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { atomEntry, atomFeed, resourceUrl } from '../documents/atom.js';
import { writeDescription } from '../documents/write-description.js';
import { element } from '../xml/xml-element.js';

// The name of the one namespace of Microsoft's emulator.
const DEFAULT_NAME = 'sbemulatorns';

/** Answers `$namespaceinfo`. */
export function getNamespaceInfo({
  broker,
  host,
  namespaceCreatedAtMs,
}: AdministrationRequest): AdministrationAnswer {
  const { tier } = broker.namespace;
  const name = nameOf(host);
  const createdTime = new Date(namespaceCreatedAtMs).toISOString();
  const description = writeDescription('NamespaceInfo', [
    element('CreatedTime', createdTime),
    element('MessagingSKU', TIERS[tier].sku),
    ...(tier === 'premium' ? [element('MessagingUnits', 1)] : []),
    element('ModifiedTime', createdTime),
    element('Name', name),
    element('NamespaceType', 'Messaging'),
  ]);
  const resource = {
    path: '$namespaceinfo',
    title: name,
    publishedMs: namespaceCreatedAtMs,
    updatedMs: namespaceCreatedAtMs,
    description,
  };
  return { status: 200, document: atomEntry(host, resource) };
}

/** Reached by a name as the cloud's namespaces have, it is that one. */
function nameOf(host: string): string {
  return /^([^.]+)\.servicebus\./i.exec(host)?.[1] ?? DEFAULT_NAME;
}

/** Answers `/` as the cloud does: with a list of the services that are listed publicly, and there are none. */
export function getRoot({ broker, host }: AdministrationRequest): AdministrationAnswer {
  const updatedMs = broker.clock.now();
  const feed = { title: 'Publicly Listed Services', selfUrl: resourceUrl(host, '', {}), updatedMs };
  return { status: 200, document: atomFeed(feed, host, []) };
}
