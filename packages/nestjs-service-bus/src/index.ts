export type {
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from '@azure/service-bus';
export {
  type AdaptiveOptions,
  type AllowReplyTo,
  type BatchOptions,
  type BindingOptions,
  type RateOptions,
  type SessionOptions,
} from './binding/binding.js';
export {
  type RateReservation,
  type RateStoreSource,
  type RateTurns,
  type ServiceBusRateStore,
} from './binding/rate-store.js';
export { BindingNotFoundError } from './binding/binding-not-found.error.js';
export { type BindingPattern } from './binding/pattern.js';
export {
  type DeclaredBindingOptions,
  type NameSource,
  type ProviderLookup,
  type ProviderToken,
} from './binding/handler-declaration.js';
export { type BoundEntities, type BoundQueue, type BoundSubscription } from './binding/bound-entities.js';
export { ClientClosedError } from './client/client-closed.error.js';
export { RequestTimeoutError } from './client/request-timeout.error.js';
export {
  ServiceBusClientProxy,
  type ServiceBusClientProxyEvents,
} from './client/service-bus-client-proxy.js';
export { type ServiceBusClientProxyOptions } from './client/service-bus-client-proxy-options.js';
export { ServiceBusMessageBuilder } from './client/service-bus-message-builder.js';
export { ServiceBusRecord, type ServiceBusRecordOptions } from './client/service-bus-record.js';
export { AsyncApiModule, type AsyncApiModuleOptions } from './async-api.module.js';
export {
  type AsyncApiChannel,
  type AsyncApiDocument,
  type AsyncApiInfo,
  type AsyncApiMessage,
  type AsyncApiOperation,
  type Reference as AsyncApiReference,
} from './asyncapi/schema/async-api-document.js';
export { compareDocuments, type ContractChange } from './asyncapi/compare/compare-documents.js';
export { describeMessages } from './describe-messages.js';
export { type JsonSchema } from './asyncapi/schema/json-schema.js';
export {
  contract,
  type Contract,
  type ContractOptions,
  type RequestContract,
  type RequestContractOptions,
} from './contract/contract.js';
export { ContractRegistry, type ContractUse, type DescribedContract } from './contract/contract-registry.js';
export { InvalidPayloadError } from './contract/invalid-payload.error.js';
export { type PayloadClass, type PayloadOf, type PayloadType } from './contract/payload-type.js';
export { PublishError } from './contract/publish.error.js';
export { type PrepareOptions, type PublishOptions, type RequestOptions } from './contract/publish-options.js';
export { Publishes } from './contract/publishes.decorator.js';
export { type PreparedMessage, ServiceBusPublisher } from './contract/service-bus.publisher.js';
export { EventPattern } from './event-pattern.decorator.js';
export {
  isTransient as isTransientServiceBusError,
  type LinkHandlers,
  type NamespaceOptions,
  serviceBusErrorCode,
  subscribe as subscribeWithLinkEvents,
  type Subscription,
} from './sdk/index.js';
export { type Provision, type ServiceBusModuleOptions } from './service-bus-options.js';
export { type DestinationSendOptions, ServiceBusSenders } from './injection/service-bus-senders.js';
export { PredecessorFailedError } from './send/order-chain.js';
export { type KeyedDestination, type SenderEntity } from './injection/pooled-sender.js';
export { type KeyedQueue, type ReceiverEntity, type SubscriptionEntity } from './injection/receiver-pool.js';
export { type RetryPolicy } from './binding/backoff.js';
export { type BindingRetryPolicy, type ExceptionRetryPolicy } from './binding/retry-policy.js';
export { ParseBatchPipe } from './validation/parse-batch.pipe.js';
export { BatchException } from './exceptions/batch.exception.js';
export { BatchResultError } from './exceptions/batch-result.error.js';
export { DeadLetterException } from './exceptions/dead-letter.exception.js';
export { DeferException } from './exceptions/defer.exception.js';
export {
  RetryException,
  type RetryAfterOptions,
  type RetryExceptionOptions,
} from './exceptions/retry.exception.js';
export { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
export { ServiceBusHealthIndicator } from './health/service-bus.health-indicator.js';
export {
  InjectReceiver,
  InjectSender,
  InjectServiceBusAdministrationClient,
  InjectServiceBusClient,
  InjectServiceBusSenders,
} from './injection/inject.decorators.js';
export { InMemoryRateStore } from './in-memory-rate-store.js';
export { Handles, type HandlesOptions } from './handles.decorator.js';
export { HeldMessages, type HeldMessagesOptions, type SettlingReceiver } from './injection/held-messages.js';
export {
  getReceiverToken,
  getSenderToken,
  getServiceBusAdministrationClientToken,
  getServiceBusClientToken,
  getServiceBusSendersToken,
} from './injection/injection-tokens.js';
export {
  getServiceBusPublisherToken,
  InjectServiceBusPublisher,
} from './contract/inject-publisher.decorator.js';
export { type CircuitBreakerPolicy } from './binding/circuit-breaker-policy.js';
export {
  type AdaptiveConcurrencyHealth,
  type CircuitState,
  type ConsumerHealth,
  type PastFailure,
  type PausedHealth,
  type RateHealth,
  type ReportedError,
} from './receive/health/consumer-health.js';
export { type HeldDeadLetter, type RedriveOutcome } from './receive/redrive/redrive.js';
export { ReceiverSilentError } from './receive/watchdog/receiver-silent.error.js';
export { type WatchdogPolicy } from './binding/watchdog-policy.js';
export {
  type Compression,
  type OutgoingMessage,
  type PayloadFormat,
  type SerializedPayload,
  type WireOptions,
} from './format/payload-format.js';
export { withContentEncoding } from './format/with-content-encoding.js';
export { SerializationError } from './exceptions/serialization.error.js';
export { DrainedError } from './exceptions/drained.error.js';
export { LockLostError } from './exceptions/lock-lost.error.js';
export { ServiceBusBatchContext } from './delivery/service-bus-batch.context.js';
export { CannotSettleError, NoSessionError, ServiceBusContext } from './delivery/service-bus.context.js';
export {
  type FactoryDependency,
  type FeatureEntities,
  type InjectableClass,
  type InjectedValues,
  type OptionalDependency,
  type ServiceBusFeatureAsyncOptions,
  type ServiceBusFeatureOptions,
} from './service-bus.feature.js';
export { type PauseOptions, ServiceBusBindings } from './service-bus.bindings.js';
export { ServiceBusModule } from './service-bus.module.js';
export { ServiceBusServer } from './service-bus.server.js';
export {
  ServiceBusEventHandler,
  type ServiceBusEventHandlerOptions,
  ServiceBusHandler,
  type ServiceBusHandlerOptions,
} from './service-bus-handler.decorator.js';
export {
  type ApplicationDescription,
  type DescribedBinding,
  type DescribedClient,
  type DescribedHandler,
} from './describe/application-description.js';
export { describeApplication } from './describe/describe-application.js';
export { type UsedReceiver, type UsedSender } from './binding/binding-registry.js';
export { type DescribedOption } from './describe/describe-options.js';
export {
  type DesiredEntity,
  type EntityKind,
  type Settings,
  type SettingValue,
  type Topology,
  type TopologyEntity,
} from './topology/model/topology.js';
export {
  type CorrelationRule,
  type DeclaredDestination,
  type DeclaredEntity,
  type EntityOptions,
  type ExternalDestination,
  type ReplyToEntityOptions,
  type RuleOptions,
  type SqlRule,
  type TopicOptions,
} from './binding/entity-options.js';
export { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';
export { type ServiceBusEvents, type ServiceBusStatus } from './service-bus-events.js';
export { type CurrentMessage, currentMessage, type ProcessingEnd } from './delivery/current-message.js';
export { within } from './time/within.js';
export { QuickValidationPipe } from './validation/quick-validation.pipe.js';
