// KEDA's identity. Service Bus tells a queue's length only to those who may manage the queue, so this one may, on the
// queues that decide about scaling; no app runs as it.
param name string
param location string
param tags object
param namespaceName string
param queues string[]

@description('Empty for none.')
param oidcIssuerUrl string

@description('In Kubernetes: namespace:name.')
param serviceAccount string

// [Azure built-in roles] Azure Service Bus Data Owner
var dataOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '090c5cfd-751d-490a-894a-3ce6f1109419'
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

resource scaled 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for queue in queues: {
    parent: namespace
    name: queue
  }
]

resource managing 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queue, index) in queues: {
    scope: scaled[index]
    name: guid(namespace.id, queue, identity.id, dataOwner)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: dataOwner
    }
  }
]

output clientId string = identity.properties.clientId
