import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';

import { describe, expect, it } from '@jest/globals';

import { administrationScene } from '../support/administration-scene.js';

const MEBIBYTE = 1024 * 1024;

describe('bodies of administration requests', () => {
  const scene = administrationScene(
    { queues: ['orders', 'café'], topics: [{ name: 'events', subscriptions: ['all'] }] },
    { acceptAnyToken: true, administrationPort: 0 },
  );

  const entry = (description: string): string =>
    `<?xml version="1.0" encoding="utf-8"?>\r\n<entry xmlns="http://www.w3.org/2005/Atom">\r\n  <content type="application/xml">\r\n    ${description}\r\n  </content>\r\n</entry>`;

  const queue = (properties: string): string =>
    entry(
      `<QueueDescription xmlns="http://schemas.microsoft.com/netservices/2010/10/servicebus/connect" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">${properties}</QueueDescription>`,
    );

  it('can be documents of other SDKs, with line breaks, prefixes, nil, upper-case booleans', async () => {
    const made = await scene.request(
      'PUT',
      'other-sdk',
      queue(`
        <LockDuration>PT1M30S</LockDuration><RequiresSession>True</RequiresSession>
        <MaxDeliveryCount i:nil="true"/><Unknown>ignored</Unknown><UserMetadata>a&#xA;b</UserMetadata>`),
    );
    expect(made.status).toBe(201);
    expect(made.text).toContain(
      '<LockDuration>PT1M30S</LockDuration><RequiresSession>true</RequiresSession>',
    );
    expect(made.text).toContain('<MaxDeliveryCount>10</MaxDeliveryCount>');
    expect(made.text).toContain('<UserMetadata>a\nb</UserMetadata>');
    const prefixed = `<a:entry xmlns:a="urn:atom"><a:content><s:TopicDescription xmlns:s="urn:sb"><s:SupportOrdering>0</s:SupportOrdering></s:TopicDescription></a:content></a:entry>`;
    const topic = await scene.request('PUT', 'other-topic', prefixed);
    expect(topic.status).toBe(201);
    expect(topic.text).toContain('<SupportOrdering>false</SupportOrdering>');
  });

  it('can have rules of the kinds that the JavaScript SDK does not write', async () => {
    for (const [kind, expression] of [
      ['TrueFilter', '1=1'],
      ['FalseFilter', '1=0'],
    ]) {
      const path = `events/Subscriptions/all/Rules/${kind}`;
      const rule = `<RuleDescription xmlns:x="urn:i"><Filter x:type="${kind}"><SqlExpression>${expression}</SqlExpression></Filter></RuleDescription>`;
      expect((await scene.request('PUT', path, entry(rule))).status).toBe(201);
      const read = await scene.request('GET', path);
      expect(read.text).toContain(`<Filter i:type="${kind}"><SqlExpression>${expression}</SqlExpression>`);
      expect(read.text).toContain('<Action i:type="EmptyRuleAction"></Action>');
    }
  });

  it.each([
    ['no body', ''],
    ['text', 'hello'],
    ['an open element', queue('<LockDuration>')],
    ['another description', entry('<EventHubDescription/>')],
    ['no content', '<entry/>'],
    ['a description without its entry', '<QueueDescription/>'],
    [
      'a document type',
      `<!DOCTYPE entry [<!ENTITY x "PT1M">]>${queue('<LockDuration>&x;</LockDuration>').slice(40)}`,
    ],
    ['an undeclared entity', queue('<LockDuration>&x;</LockDuration>')],
    ['nesting', queue('<a>'.repeat(5_000) + '</a>'.repeat(5_000))],
    ['the name of what objects inherit', queue('<__proto__><polluted>1</polluted></__proto__>')],
    ['an empty property', queue('<LockDuration></LockDuration>')],
  ])('refuses a body with %s', async (_, body) => {
    const { status, text } = await scene.request('PUT', 'refused', body);
    expect(status).toBe(400);
    expect(text).toContain('<Error><Code>400</Code><Detail>SubCode=40000. ');
    expect((await scene.request('GET', 'refused')).status).toBe(404);
  });

  it('refuses a body that is not UTF-8', async () => {
    const bytes = new Uint8Array(Buffer.from(queue('<UserMetadata>é</UserMetadata>'), 'latin1'));
    expect((await scene.request('PUT', 'refused', bytes)).status).toBe(400);
  });

  it('can have a mebibyte and no more', async () => {
    const padded = (size: number): string => {
      const empty = queue('<!---->').length;
      return queue(`<!--${'x'.repeat(size - empty)}-->`);
    };
    expect((await scene.request('PUT', 'large', padded(MEBIBYTE))).status).toBe(201);
    const { status, text } = await scene.request('PUT', 'larger', padded(MEBIBYTE + 1));
    expect(status).toBe(413);
    expect(text).toContain('<Code>413</Code>');
    expect((await scene.request('GET', 'larger')).status).toBe(404);
  });

  it('are refused as soon as they are too large, even without a length', async () => {
    const request = httpRequest(`http://${scene.host}/endless`, { method: 'PUT' });
    const closed = once(request, 'close');
    request.on('error', () => undefined);
    const chunk = Buffer.alloc(64 * 1024, ' ');
    let isAnswered = false;
    const answered = (once(request, 'response') as Promise<[IncomingMessage]>).then(([response]) => {
      isAnswered = true;
      response.resume();
      return response;
    });
    while (!isAnswered) {
      request.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await answered).statusCode).toBe(413);
    await closed;
    expect((await scene.request('GET', 'orders')).status).toBe(200);
  });
});
