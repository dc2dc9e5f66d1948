// An app's identity: receives from its queues, sends to its queues, and has no other right.
param name string
param location string
param tags object
param namespaceName string
param receivesFrom string[]

@description('Its input queue is one of them: a retry after a long delay goes there as a scheduled copy.')
param sendsTo string[]

@description('Empty for none.')
param oidcIssuerUrl string

@description('In Kubernetes: namespace:name.')
param serviceAccount string

// [Azure built-in roles] Azure Service Bus Data Receiver, Azure Service Bus Data Sender
var dataReceiver = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
)
var dataSender = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

resource federation 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = if (!empty(oidcIssuerUrl)) {
  parent: identity
  name: 'kubernetes'
  properties: {
    issuer: oidcIssuerUrl
    subject: 'system:serviceaccount:${serviceAccount}'
    audiences: ['api://AzureADTokenExchange']
  }
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource inputQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for queue in receivesFrom: {
    parent: namespace
    name: queue
  }
]

resource outputQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for queue in sendsTo: {
    parent: namespace
    name: queue
  }
]

resource receiving 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, index) in receivesFrom: {
    scope: inputQueues[index]
    name: guid(namespace.id, queue, identity.id, dataReceiver)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: dataReceiver
    }
  }
]

resource sending 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, index) in sendsTo: {
    scope: outputQueues[index]
    name: guid(namespace.id, queue, identity.id, dataSender)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: dataSender
    }
  }
]

output clientId string = identity.properties.clientId
