import { createHash } from 'node:crypto';

import { type AsyncApiDocument, type AsyncApiMessage } from '../schema/async-api-document.js';
import { type JsonSchema } from '../schema/json-schema.js';
import { limitsOf, typeOf } from './describe-schema.js';
import { html, Html } from './html.js';
import { STYLE } from './style.js';

/** The Content-Security-Policy that the page needs: its own style, and nothing else from anywhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// As a whole, since the policy counts every space in it.
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** One page with everything in it: no script, and nothing that is loaded from elsewhere. */
export function renderPage(document: AsyncApiDocument): string {
  const { info, components } = document;
  const messages = Object.entries(components.messages);
  const schemas = Object.entries(components.schemas);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <h1>${info.title}</h1>
          <p><span class="mark">${info.version}</span> ${info.description}</p>
        </header>
        <nav aria-label="Messages">
          <ul>
            ${messages.map(([name]) => html`<li><a href="#message-${name}">${name}</a></li>`)}
          </ul>
        </nav>
        <main>
          <h2>Messages</h2>
          ${messages.map(([name, message]) => renderMessage(name, message, document))}
          <h2>Schemas</h2>
          ${schemas.map(
            ([name, schema]) =>
              html`<article id="schema-${name}">
                <h3>${name}</h3>
                ${renderSchema(schema)}
              </article>`,
          )}
        </main>
      </body>
    </html> `;
  return page.text;
}

function renderMessage(name: string, message: AsyncApiMessage, document: AsyncApiDocument): Html {
  const subject = message.headers?.properties?.['subject']?.const;
  const operations = Object.entries(document.operations).filter(([, operation]) =>
    operation.messages.some(({ $ref }) => $ref.endsWith(`/messages/${name}`)),
  );
  return html`<article id="message-${name}">
    <h3>${name}</h3>
    <p>${message.description}</p>
    <p>
      ${message.payload ? html`Payload: ${typeOf(message.payload)}.` : html`Its payload is not described.`}
      ${subject === undefined ? html`` : html`Subject: <code>${JSON.stringify(subject)}</code>.`} Content
      type:
      <code>${message.contentType}</code>.
    </p>
    ${operations.map(([by, operation]) => {
      const channel = document.channels[operation.channel.$ref.split('/').at(-1) ?? ''];
      const direction = operation.action === 'send' ? 'sends it to' : 'receives it from';
      const answer = operation.reply?.messages[0]?.$ref.split('/').at(-1);
      return html`<p>
        <code>${by}</code> ${direction} <code>${channel?.address ?? 'where each call says'}</code>${
          channel?.['x-connection'] === undefined ? '' : ` of "${channel['x-connection']}"`
        }${
          channel?.['x-requires-session'] ? ', which requires sessions' : ''
        }${answer === undefined ? html`.` : html`; it is answered by <a href="#message-${answer}">${answer}</a>.`}
      </p>`;
    })}
  </article>`;
}

function renderSchema(schema: JsonSchema): Html {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return html`<p>${typeOf(schema)} ${limitsOf(schema)}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Property</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${properties.map(([name, property]) => {
          const isRequired = schema.required?.includes(name) === true;
          return html`<tr>
            <th scope="row">
              <code>${name}</code> ${isRequired ? html`<span class="mark">required</span>` : html``}
            </th>
            <td>${typeOf(property)}</td>
            <td>${property.description} ${limitsOf(property)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
