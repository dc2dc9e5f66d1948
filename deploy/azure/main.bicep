// What the service needs of Azure: a namespace of Service Bus with its queues, an identity for each app with the
// rights on its own queues and nothing more, and (if wanted) a place for its containers to run.
targetScope = 'subscription'

@description('Names the resource group.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('The region of Azure.')
param location string

@description('Premium has messaging units of your own and private endpoints.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = 'Standard'

@description('Disabled leaves private endpoints only, which takes Premium.')
@allowed(['Enabled', 'Disabled'])
param serviceBusPublicNetworkAccess string = 'Enabled'

@description('Makes a registry and an environment of Azure Container Apps; false for Kubernetes.')
param containerApps bool = true

@description('The OIDC issuer of the Kubernetes cluster; empty for none.')
param oidcIssuerUrl string = ''

@description('The namespace in Kubernetes that the apps run in.')
param kubernetesNamespace string = 'nestjs-service-bus'

@description('The service account that KEDA runs as, with its namespace before it. As an add-on of AKS: kube-system.')
param kedaServiceAccount string = 'kube-system:keda-operator'

var apps = loadJsonContent('apps.json')
var tags = { 'azd-env-name': environmentName }
var token = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  scope: group
  params: {
    name: 'sb-${token}'
    location: location
    tags: tags
    sku: serviceBusSku
    publicNetworkAccess: serviceBusPublicNetworkAccess
  }
}

module identities 'modules/app-identity.bicep' = [
  for app in apps: {
    name: 'identity-${app.name}'
    scope: group
    params: {
      name: app.name
      location: location
      tags: tags
      namespaceName: serviceBus.outputs.name
      receivesFrom: app.receivesFrom
      sendsTo: app.sendsTo
      oidcIssuerUrl: oidcIssuerUrl
      serviceAccount: '${kubernetesNamespace}:${app.name}'
    }
  }
]

module scaler 'modules/scaler-identity.bicep' = {
  name: 'identity-scaler'
  scope: group
  params: {
    name: 'service-bus-scaler'
    location: location
    tags: tags
    namespaceName: serviceBus.outputs.name
    queues: map(apps, app => app.scalesOn)
    oidcIssuerUrl: oidcIssuerUrl
    serviceAccount: kedaServiceAccount
  }
}

module hosting 'modules/container-apps.bicep' = if (containerApps) {
  name: 'container-apps'
  scope: group
  params: {
    registryName: 'cr${token}'
    location: location
    tags: tags
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = containerApps ? hosting!.outputs.loginServer : ''
output SERVICE_BUS_NAMESPACE string = serviceBus.outputs.host
output IDENTITY_CLIENT_IDS array = [
  for (app, index) in apps: { app: app.name, clientId: identities[index].outputs.clientId }
]
output SCALER_CLIENT_ID string = scaler.outputs.clientId
