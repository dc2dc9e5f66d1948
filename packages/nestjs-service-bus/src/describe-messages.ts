import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';
import { loadStorages } from './validation/metadata-storages.js';
import { applicationOperations } from './asyncapi/application-messages.js';
import {
  ASYNC_API_INFO,
  type AsyncApiDocument,
  type AsyncApiInfo,
} from './asyncapi/schema/async-api-document.js';
import { buildDocument } from './asyncapi/build-document.js';

/**
 * Describes the messages that an application sends and receives as an AsyncAPI 3.0 document: channels from its bindings,
 * messages from its contracts and handlers, schemas from the decorators of their classes. The application need not be
 * initialised, and no broker is asked. Title, version and description are those of `AsyncApiModule.forRoot`, where there
 * is one, unless `info` says others. Throws a ServiceBusConfigurationError where bindings or contracts are wrong.
 */
export async function describeMessages(
  app: Pick<INestApplicationContext, 'get'>,
  info: AsyncApiInfo = {},
): Promise<AsyncApiDocument> {
  app.get(HandlerDeclarations, { strict: false }).declare();
  const contracts = app.get(ContractRegistry, { strict: false });
  const bindings = app.get(BindingRegistry, { strict: false });
  const problems = [...bindings.problems, ...contracts.problems()];
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  const modules = app.get(ModulesContainer, { strict: false });
  const sources = { modules, bindings, contracts, transport: SERVICE_BUS_TRANSPORT };
  return buildDocument(
    applicationOperations(sources),
    { ...declaredInfo(modules), ...info },
    await loadStorages(),
  );
}

function declaredInfo(modules: ModulesContainer): AsyncApiInfo | undefined {
  const given = [...modules.values()].map(({ providers }) => providers.get(ASYNC_API_INFO)?.instance);
  return given.find((info) => info !== undefined) as AsyncApiInfo | undefined;
}
